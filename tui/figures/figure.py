"""Figures drawn from numbers: heat maps and bars, as text for the terminal.

A cell shows its value as a number or as a shade ` ░▒▓█`, and colour only on top of that. `dense`
alone puts two rows into one line of half blocks; it takes colour to read, and is only drawn where
somebody asked for it. `pictures.py` makes PNG and SVG of the same figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Literal

from tui.figures.colours import Scale

View = Literal["numbers", "shades", "dense"]
VIEWS: tuple[View, ...] = ("numbers", "shades", "dense")

SHADES = " ░▒▓█"
HALF_BLOCK = "▀"
CELL_WIDTHS: dict[View, tuple[int, ...]] = {"numbers": (7, 6, 5), "shades": (2, 1), "dense": (2, 1)}
LABEL_WIDTH = 10
BAR_WIDTH = 40


@dataclass(frozen=True)
class Figure:
    """Rows of numbers between `low` and `high`; a single row is drawn as bars."""

    title: str
    rows: tuple[tuple[float, ...], ...]
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    low: float
    high: float
    caption: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Figure:
        """From what `reference.figures.serve` answers."""
        return cls(
            title=data["title"],
            rows=tuple(map(tuple, data["rows"])),
            row_labels=tuple(data["row_labels"]),
            column_labels=tuple(data["column_labels"]),
            low=data["low"],
            high=data["high"],
            caption=data["caption"],
        )

    @property
    def is_bars(self) -> bool:
        return len(self.rows) == 1

    @property
    def is_whole(self) -> bool:
        """Whether all numbers are whole, as those of a mask."""
        return all(value == round(value) for row in self.rows for value in row)

    def share(self, value: float) -> float:
        """How far `value` is on the way from `low` to `high`, between 0 and 1."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.0


@dataclass(frozen=True)
class Span:
    """A piece of a line. Colours are `#rrggbb`; None leaves the terminal's own."""

    text: str
    colour: str | None = None
    background: str | None = None


Line = tuple[Span, ...]


def draw(
    figure: Figure, width: int, view: View | None = None, scale: Scale | None = None
) -> list[Line]:
    """The figure without title and caption, at most `width` columns where that is possible.

    Without a `view` the first that fits is taken. Without a `scale` there is no colour, and so no
    `dense` view.
    """
    if figure.is_bars:
        return [tuple(_bar(figure, place, width, scale)) for place in range(len(figure.rows[0]))]
    view, cell = _fitting(figure, width, view if scale or view != "dense" else "shades")
    return [_header(figure, cell), *_body(figure, cell, view, scale)]


def text(figure: Figure, width: int) -> str:
    """The whole figure without colour."""
    lines = ["".join(span.text for span in line).rstrip() for line in draw(figure, width)]
    return "\n".join([figure.title, "", *lines, "", *wrap(figure.caption, width)])


def next_view(view: View) -> View:
    return VIEWS[(VIEWS.index(view) + 1) % len(VIEWS)]


def number(value: float, whole: bool = False) -> str:
    """Two decimals without a zero in front: `.42`. An exact 0 is `0`: nothing, and not little."""
    if whole or value == 0:
        return f"{round(value)}"
    shown = f"{value:.2f}"
    return shown.replace("0.", ".", 1) if abs(value) < 1 else shown


def shade(share: float) -> str:
    return SHADES[min(len(SHADES) - 1, int(share * len(SHADES)))]


def label_width(figure: Figure) -> int:
    return min(LABEL_WIDTH, max(map(len, figure.row_labels), default=0))


def _fitting(figure: Figure, width: int, wanted: View | None) -> tuple[View, int]:
    """The view, and columns per cell: as wide as fits."""
    room = (width - label_width(figure) - 1) // max(1, len(figure.column_labels))
    for view in (wanted,) if wanted else VIEWS[:2]:
        for cell in CELL_WIDTHS[view]:
            if cell <= room:
                return view, cell
    return (wanted or "shades"), CELL_WIDTHS[wanted or "shades"][-1]


def _header(figure: Figure, cell: int) -> Line:
    """Column labels, each at the start of its cell; those without room are left out."""
    line = " " * (label_width(figure) + 1)
    start = len(line)
    for place, label in enumerate(figure.column_labels):
        at = start + place * cell
        shown = _cut(label, cell - 1) if cell > 2 else label
        if at >= len(line.rstrip()) + (1 if place else 0):
            line = line.rstrip().ljust(at) + (shown.rjust(cell - 1) if cell > 2 else shown)
    return (Span(line),)


def _body(figure: Figure, cell: int, view: View, scale: Scale | None) -> Iterator[Line]:
    if view == "dense" and scale:
        for top in range(0, len(figure.rows), 2):
            yield (_row_label(figure, top), *_half_blocks(figure, top, cell, scale))
        return
    whole = figure.is_whole
    for place, row in enumerate(figure.rows):
        shown = (number(value, whole) if view == "numbers" else "" for value in row)
        cells = (
            _cell(figure.share(value), text, cell, scale)
            for value, text in zip(row, shown, strict=True)
        )
        yield (_row_label(figure, place), *cells)


def _row_label(figure: Figure, place: int) -> Span:
    width = label_width(figure)
    return Span(_cut(figure.row_labels[place], width).rjust(width) + " ")


def _cell(share: float, text: str, cell: int, scale: Scale | None) -> Span:
    """A number on its colour; without one, a shade in it."""
    if not text:
        return Span(shade(share) * cell, scale.at(share) if scale else None)
    shown = text.rjust(cell - 1).ljust(cell)
    return Span(shown, scale.readable_on(share), scale.at(share)) if scale else Span(shown)


def _half_blocks(figure: Figure, top: int, cell: int, scale: Scale) -> Iterator[Span]:
    upper = figure.rows[top]
    lower: Sequence[float | None] = (
        figure.rows[top + 1] if top + 1 < len(figure.rows) else [None] * len(upper)
    )
    for above, below in zip(upper, lower, strict=True):
        background = None if below is None else scale.at(figure.share(below))
        yield Span(HALF_BLOCK * cell, scale.at(figure.share(above)), background)


def _bar(figure: Figure, place: int, width: int, scale: Scale | None) -> Iterator[Span]:
    value = figure.rows[0][place]
    share = figure.share(value)
    label = max(map(len, figure.column_labels))
    room = max(1, min(BAR_WIDTH, width - label - 8))
    filled = round(share * room)
    yield Span(figure.column_labels[place].rjust(label) + " ")
    yield Span("█" * filled, scale.at(1.0) if scale else None)
    yield Span("░" * (room - filled), scale.at(0.25) if scale else None)
    yield Span(f" {value:.3f}")


def _cut(label: str, width: int) -> str:
    return label if len(label) <= width else label[: max(0, width - 1)] + "…"
