"""Heat maps as lines of styled text: numbers on colours, shaded characters, or half blocks.

What is drawn are shares of a scale, from 0 to 1. A shade ` ░▒▓█` says it without colour, which only
repeats it; half blocks alone put two rows into one line, and take colour to read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tui.figures.colours import Scale, Share

SHADES = " ░▒▓█"
OFF_THE_SCALE = "!"
HALF_BLOCK = "▀"

T = TypeVar("T")
Row = Sequence[float]
Matrix = Sequence[Row]


@dataclass(frozen=True)
class Span:
    """A piece of a line. Colours are `#rrggbb`; None leaves the terminal's own."""

    text: str
    colour: str | None = None
    background: str | None = None
    is_bold: bool = False
    is_muted: bool = False


Line = tuple[Span, ...]


def share(number: float, low: float, high: float) -> Share:
    """How far a number is from `low` to `high`, 0 to 1; None for NaN and infinities."""
    if not math.isfinite(number):
        return None
    if low == high:
        return 0.5
    # Halved, since the distance between two floats can be more than a float holds.
    return min(1.0, max(0.0, (number / 2 - low / 2) / (high / 2 - low / 2)))


def shade(at: Share) -> str:
    return OFF_THE_SCALE if at is None else SHADES[min(len(SHADES) - 1, int(at * len(SHADES)))]


def number_cell(text: str, at: Share, scale: Scale | None, is_bold: bool = False) -> Span:
    """A number on its colour."""
    if scale is None:
        return Span(text, is_bold=is_bold)
    return Span(text, scale.readable_on(at), scale.at(at), is_bold)


def shades(row: Sequence[Share], cell: int, scale: Scale | None) -> Line:
    """One row, `cell` characters for each of its numbers."""
    return tuple(Span(shade(at) * cell, scale.at(at) if scale else None) for at in row)


def half_blocks(rows: Sequence[Sequence[Share]], cell: int, scale: Scale) -> Iterator[Line]:
    """Two rows in a line; the last may stand alone."""
    for upper, lower in paired(rows):
        below = map(scale.at, lower) if lower is not None else [None] * len(upper)
        yield tuple(
            Span(HALF_BLOCK * cell, scale.at(at), background)
            for at, background in zip(upper, below, strict=True)
        )


def paired(rows: Sequence[T]) -> Iterator[tuple[T, T | None]]:
    for top in range(0, len(rows), 2):
        yield rows[top], rows[top + 1] if top + 1 < len(rows) else None
