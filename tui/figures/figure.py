"""Figures drawn from numbers: heat maps and bars, as text for the terminal.

The view `dense` takes colour to read, and is only drawn where somebody asked for it. `picture.py`
makes PNG and SVG of the same figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from typing import Any, Literal

from tui.figures.colours import Scale, Share
from tui.figures.heatmap import Line, Span, half_blocks, number_cell, shades, share

View = Literal["numbers", "shades", "dense"]

WIDEST = 7  # of a cell
NUMBER_COLUMNS = 5  # columns that a number needs; a head that is cut to them can still be told
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

    @cached_property
    def is_whole(self) -> bool:
        """Whether all numbers are whole, as those of a mask."""
        return all(value % 1 == 0 for row in self.rows for value in row)

    def share(self, value: float) -> Share:
        return share(value, self.low, self.high)


def draw(
    figure: Figure, width: int, view: View | None = None, scale: Scale | None = None
) -> list[Line]:
    """The figure without title and caption, at most `width` columns where that is possible.

    Without a `view` the first that fits is taken. Without a `scale` there is no colour, and so no
    `dense` view.
    """
    if figure.is_bars:
        return [tuple(_bar(figure, place, width, scale)) for place in range(len(figure.rows[0]))]
    view = (view if scale or view != "dense" else "shades") or views(figure, width, scale)[0]
    cells = (_of_numbers if view == "numbers" else _of_shades)(figure, _room(figure, width))
    return [_heads(figure, cells, view), *_body(figure, cells, view, scale)]


def text(figure: Figure, width: int) -> str:
    """The whole figure without colour."""
    lines = ["".join(span.text for span in line).rstrip() for line in draw(figure, width)]
    return "\n".join([figure.title, "", *lines, "", *wrap(figure.caption, width)])


def views(figure: Figure, width: int, scale: Scale | None) -> tuple[View, ...]:
    """Those that can be read here, and told apart; of bars there is one.

    Numbers are among them where none is cut, and without a `scale` dense is what shades are.
    """
    if figure.is_bars:
        return ("shades",)
    fits = sum(_least(figure)) <= _room(figure, width)
    return (*(("numbers",) if fits else ()), "shades", *(("dense",) if scale else ()))


def number(value: float, whole: bool = False) -> str:
    """Two decimals without a zero in front: `.42`. An exact 0 is `0`: nothing, and not little."""
    if whole or value == 0:
        return f"{round(value)}"
    shown = f"{value:.2f}"
    return shown.replace("0.", ".", 1) if abs(value) < 1 else shown


def bar_number(value: float, whole: bool) -> str:
    """Beside a bar: three decimals, or what is whole as it is."""
    return f"{round(value)}" if whole else f"{value:.3f}"


def label_width(figure: Figure) -> int:
    return min(LABEL_WIDTH, max(map(len, figure.row_labels), default=0))


def _room(figure: Figure, width: int) -> int:
    """Columns for the cells of a row."""
    return width - label_width(figure) - 1


def _least(figure: Figure) -> list[int]:
    """Columns that each cell of numbers needs. A word may be cut, but a cut number is another."""
    heads = (len(head) + 1 if _is_number(head) else 0 for head in figure.column_labels)
    return [max(NUMBER_COLUMNS, columns) for columns in heads]


def _of_numbers(figure: Figure, room: int) -> list[int]:
    """Columns of each cell: as many for all where the heads fit so, else more for longer ones."""
    count, longest = len(figure.column_labels), _longest_head(figure)
    even = min(room // max(1, count), max(WIDEST, longest + 1))
    least = _least(figure)
    if even > max(longest, NUMBER_COLUMNS - 1):
        return [even] * count
    cells = least
    for most in range(NUMBER_COLUMNS + 1, longest + 2):
        heads = zip(least, figure.column_labels, strict=True)
        wider = [max(columns, min(most, len(head) + 1)) for columns, head in heads]
        if sum(wider) > room:
            break
        cells = wider
    return cells


def _of_shades(figure: Figure, room: int) -> list[int]:
    count = len(figure.column_labels)
    return [max(1, min(room // max(1, count), WIDEST, max(2, _longest_head(figure) + 1)))] * count


def _is_number(head: str) -> bool:
    return head.lstrip("-−").replace(",", "").replace(".", "").isdigit()


def _longest_head(figure: Figure) -> int:
    return max(map(len, figure.column_labels), default=0)


def _heads(figure: Figure, cells: Sequence[int], view: View) -> Line:
    """Each over its own column: right-aligned as numbers are, else where the cell begins.

    Where cells are too narrow for them, every second has one, or every third, and so on.
    """
    heads, indent = figure.column_labels, " " * (label_width(figure) + 1)
    if view == "numbers":
        places = zip(heads, cells, strict=True)
        aligned = [_cut(head, cell - 1).rjust(cell - 1) for head, cell in places]
    else:
        cell = max(cells, default=1)
        is_cut = cell >= NUMBER_COLUMNS and not any(map(_is_number, heads))
        every = 1 if is_cut else -(-(_longest_head(figure) + 1) // cell)
        room = every * cell - 1
        aligned = [_cut(head, room).ljust(room) for head in heads[::every]]
    return (Span((indent + " ".join(aligned)).rstrip()),)


def _body(figure: Figure, cells: Sequence[int], view: View, scale: Scale | None) -> Iterator[Line]:
    shares = [[figure.share(value) for value in row] for row in figure.rows]
    cell = max(cells, default=1)
    if view == "dense" and scale:
        for place, line in enumerate(half_blocks(shares, cell, scale)):
            yield (_row_label(figure, 2 * place), *line)
        return
    for place, row in enumerate(shares):
        is_read = view == "numbers"
        drawn = _numbers(figure, place, row, cells, scale) if is_read else shades(row, cell, scale)
        yield (_row_label(figure, place), *drawn)


def _numbers(
    figure: Figure, place: int, row: Sequence[Share], cells: Sequence[int], scale: Scale | None
) -> Line:
    texts = (number(value, figure.is_whole) for value in figure.rows[place])
    return tuple(
        number_cell(f"{text:>{cell - 1}} ", at, scale)
        for text, at, cell in zip(texts, row, cells, strict=True)
    )


def _row_label(figure: Figure, place: int) -> Span:
    width = label_width(figure)
    return Span(_cut(figure.row_labels[place], width).rjust(width) + " ")


def _bar(figure: Figure, place: int, width: int, scale: Scale | None) -> Iterator[Span]:
    value = figure.rows[0][place]
    label = max(map(len, figure.column_labels))
    room = max(1, min(BAR_WIDTH, width - label - 8))
    filled = round((figure.share(value) or 0.0) * room)
    yield Span(figure.column_labels[place].rjust(label) + " ")
    yield Span("█" * filled, scale.at(1.0) if scale else None)
    yield Span("░" * (room - filled), scale.at(0.25) if scale else None)
    yield Span(f" {bar_number(value, figure.is_whole)}")


def _cut(label: str, width: int) -> str:
    return label if len(label) <= width else label[: max(0, width - 1)] + "…"
