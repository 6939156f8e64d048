"""Rectangles of text with a baseline, of which a formula is composed."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.latex.symbols import TALL


def width_of(text: str) -> int:
    """Columns that `text` takes; a combining accent takes none."""
    return sum(not unicodedata.combining(character) for character in text)


@dataclass(frozen=True)
class Box:
    """Rows of equal width. Row `base` lines up with the text around it."""

    rows: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        return width_of(self.rows[0])

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def is_line(self) -> bool:
        return len(self.rows) == 1

    def __str__(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)


def text_box(text: str) -> Box:
    return Box((text,))


EMPTY = text_box("")


def beside(boxes: Iterable[Box]) -> Box:
    """Side by side, baselines aligned."""
    parts = [box for box in boxes if box.width or box.height > 1]
    if not parts:
        return EMPTY
    above = max(box.base for box in parts)
    below = max(box.height - box.base for box in parts)
    rows = []
    for row in range(above + below):
        cells = []
        for box in parts:
            index = row - above + box.base
            cells.append(box.rows[index] if 0 <= index < box.height else " " * box.width)
        rows.append("".join(cells))
    return Box(tuple(rows), above)


def stacked(boxes: Sequence[Box], base: int) -> Box:
    """One above the other, centred; the baseline is that of `boxes[base]`."""
    width = max(box.width for box in boxes)
    rows = [pad(row, width) for box in boxes for row in box.rows]
    above = sum(box.height for box in boxes[:base])
    return Box(tuple(rows), above + boxes[base].base)


def pad(row: str, width: int, side: str = "centre") -> str:
    """`row` filled with spaces up to `width`."""
    room = width - width_of(row)
    left = {"left": 0, "right": room, "centre": room // 2}[side]
    return " " * left + row + " " * (room - left)


def fraction(above: Box, below: Box) -> Box:
    width = max(above.width, below.width) + 2
    return stacked([above, text_box("─" * width), below], 1)


def root(body: Box, sign: str) -> Box:
    """A root sign as tall as what is under it."""
    rows = ["┌" + "─" * (body.width + 1)]
    rows += ["│ " + row for row in body.rows]
    last = len(rows) - 1
    rows[last] = rows[last].replace("│", sign, 1)
    return Box(tuple(rows), body.base + 1)


def delimited(left: str, body: Box, right: str) -> Box:
    """`body` between delimiters of its own height."""
    return beside([tall(left, body), body, tall(right, body)])


def tall(sign: str, body: Box) -> Box:
    """A delimiter as tall as `body`."""
    if not sign or body.is_line:
        return text_box(sign)
    parts = TALL.get(sign)
    if parts is None:
        return Box(
            tuple(sign if row == body.base else " " for row in range(body.height)), body.base
        )
    upper, middle, lower, centre = tuple(parts)
    rows = [upper, *[middle] * (body.height - 2), lower]
    if body.height > 2:
        rows[body.height // 2] = centre
    return Box(tuple(rows), body.base)


def grid(cells: Sequence[Sequence[Box]], sides: Sequence[str], gap: int) -> Box:
    """Cells in columns, each column aligned to its side; the baseline is in the middle."""
    count = max(len(row) for row in cells)
    widths = [max((row[i].width for row in cells if i < len(row)), default=0) for i in range(count)]
    rows: list[str] = []
    for row in cells:
        filled = [*row, *[EMPTY] * (count - len(row))]
        aligned = [
            Box(tuple(pad(line, widths[i], sides[i % len(sides)]) for line in box.rows), box.base)
            for i, box in enumerate(filled)
        ]
        spaced = [part for box in aligned for part in (text_box(" " * gap), box)][1:]
        rows += beside(spaced).rows
    return Box(tuple(rows), len(rows) // 2 if len(rows) > 2 else 0)


def with_middle(body: Box) -> Box:
    """`body` with a row for the point of a brace, on which the baseline then is."""
    middle = body.height // 2
    if body.height % 2:
        return Box(body.rows, middle)
    return Box((*body.rows[:middle], " " * body.width, *body.rows[middle:]), middle)
