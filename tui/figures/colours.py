"""A scale of colours between two, for heat maps, and what can be read on each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

Colour = tuple[int, int, int]
Share = float | None  # a place on a scale, from 0 to 1; None is off the scale: NaN or infinite


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`, all `#rrggbb`. `dark` and `light` are what is written on them.

    `wrong` is the colour of what is off the scale, and of what is not as it should be.
    """

    low: str
    high: str
    dark: str = "#000000"
    light: str = "#ffffff"
    wrong: str = "#f28b94"

    def at(self, share: Share) -> str:
        if share is None:
            return self.wrong
        low, high = _parsed(self.low), _parsed(self.high)
        mixed = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
        return "#" + "".join(f"{part:02x}" for part in mixed)

    def readable_on(self, share: Share) -> str:
        """Of `dark` and `light`, what stands out more."""
        behind = self.at(share)
        return max((self.dark, self.light), key=lambda colour: contrast(colour, behind))

    def grey(self) -> Scale:
        """As bright at both ends, in greys: of 256 colours, only these lie close together."""
        return replace(self, low=_grey(self.low), high=_grey(self.high))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, _parsed(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _grey(colour: str) -> str:
    linear = _luminance(colour)
    share = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return "#" + 3 * f"{round(255 * share):02x}"


def _parsed(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
