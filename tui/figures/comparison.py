"""Two matrices side by side: the learner's numbers and the expected ones.

Few numbers are printed, with ≠ at those that differ. Many become cells, with a third map of where
they differ, and the worst row in numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tui.figures.colours import Scale, Share
from tui.figures.heatmap import (
    Line,
    Matrix,
    Row,
    Span,
    half_blocks,
    number_cell,
    paired,
    shades,
    share,
)

# The report keeps four digits.
RELATIVE, ABSOLUTE = 2e-3, 1e-5
NUMBER_WIDTH = 6
CELL = NUMBER_WIDTH + 2
MOST_ROWS = 12  # of numbers that are read, rather than looked at
GAP = Span("   ")
LEAST = 8  # of a map's width: "expected" stands above it
LABEL = 10
DIFFERENT, SAME = "≠", "·"
HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): "·"}


def differs(got: float, expected: float) -> bool:
    if math.isnan(got) or math.isnan(expected):
        return math.isnan(got) != math.isnan(expected)
    return not math.isclose(got, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def worst(got: Matrix, expected: Matrix) -> tuple[int, int]:
    """The row and column of the greatest difference; NaN counts as the greatest."""
    places = [(row, column) for row, line in enumerate(got) for column in range(len(line))]

    def distance(place: tuple[int, int]) -> float:
        a, b = got[place[0]][place[1]], expected[place[0]][place[1]]
        if not differs(a, b):
            return -1.0
        return abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf

    return max(places, key=distance, default=(0, 0))


def short(value: float) -> str:
    """At most NUMBER_WIDTH characters."""
    if math.isnan(value):
        return "nan"
    if math.isfinite(value) and abs(value) >= 1e99:
        return "huge" if value > 0 else "-huge"
    if abs(value) < 1e-98:
        return "0"
    for digits in (4, 3, 2, 1):
        text = f"{value:.{digits}g}"
        if len(text) <= NUMBER_WIDTH:
            return text
    return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-")


@dataclass(frozen=True)
class MatrixComparison:
    """Two matrices of one shape, a window of a tensor: `index` says which matrix of the tensor, and
    `start` the row and column of the first number."""

    got: Matrix
    expected: Matrix
    index: tuple[int, ...] = ()
    start: tuple[int, int] = (0, 0)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest finite number of both."""
        rows = (*self.got, *self.expected)
        numbers = [value for row in rows for value in row if math.isfinite(value)]
        return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)

    @property
    def columns(self) -> int:
        return max((len(row) for row in self.got), default=0)

    def share(self, value: float) -> Share:
        return share(value, *self.ends)

    def draw(self, width: int, scale: Scale | None) -> list[Line]:
        """In `width` columns where that is possible; without a `scale`, in characters alone."""
        fits = 2 * self.columns * CELL + len(GAP.text) <= width
        if fits and len(self.got) <= MOST_ROWS:
            return [self._where(), *self._numbers(scale)]
        return [self._where(), *self._maps(width, scale), *self._worst_row(width, scale)]

    def _where(self) -> Line:
        """Which part of the tensor this is."""
        top, left = self.start
        place = [str(i) for i in self.index]
        place += [f"{top}:{top + len(self.got)}", f"{left}:{left + self.columns}"]
        low, high = self.ends
        says = f"[{', '.join(place)}]  from {short(low)} to {short(high)}"
        return (Span(says, is_muted=True),)

    # numbers

    def _numbers(self, scale: Scale | None) -> Iterator[Line]:
        yield _heads(CELL * self.columns, "yours", "expected")
        for got, expected in zip(self.got, self.expected, strict=True):
            ours, theirs = self._row(got, expected, scale), self._row(expected, expected, scale)
            yield (*ours, GAP, *theirs)

    def _row(self, row: Row, other: Row, scale: Scale | None) -> Iterator[Span]:
        for value, wanted in zip(row, other, strict=True):
            is_different = differs(value, wanted)
            text = (DIFFERENT if is_different else "") + short(value)
            yield number_cell(
                f"{text:>{CELL - 1}} ", self.share(value), scale, is_bold=is_different
            )

    # maps

    def _maps(self, width: int, scale: Scale | None) -> Iterator[Line]:
        cell = 2 if 3 * 2 * self.columns + 2 * len(GAP.text) <= width else 1
        yield _heads(max(LEAST, self.columns * cell), "yours", "expected", "differs")
        gap = Span(" " * max(0, LEAST - self.columns * cell) + GAP.text)
        maps = (
            self._map(self.got, cell, scale),
            self._map(self.expected, cell, scale),
            self._differences(cell, scale),
        )
        for got, expected, where in zip(*maps, strict=True):
            yield (*got, gap, *expected, gap, where)

    def _map(self, matrix: Matrix, cell: int, scale: Scale | None) -> Iterator[Line]:
        rows = [[self.share(value) for value in row] for row in matrix]
        if scale:
            return half_blocks(rows, cell, scale)
        return (shades(row, cell, scale) for row in rows)

    def _differences(self, cell: int, scale: Scale | None) -> Iterator[Span]:
        where = [list(map(differs, *rows)) for rows in zip(self.got, self.expected, strict=True)]
        if scale is None:
            for row in where:
                yield Span("".join((DIFFERENT if each else SAME) * cell for each in row))
            return
        for upper, lower in paired(where):
            pairs = zip(upper, lower or [False] * len(upper), strict=True)
            yield Span("".join(HALVES[pair] * cell for pair in pairs), scale.wrong)

    def _worst_row(self, width: int, scale: Scale | None) -> Iterator[Line]:
        row, column = worst(self.got, self.expected)
        got, expected = self.got[row], self.expected[row]
        fits = max(1, (width - LABEL) // CELL)
        first = min(max(0, column - fits // 2), max(0, len(got) - fits))
        span = slice(first, first + fits)
        top, left = self.start
        last = left + min(len(got), first + fits)
        yield (Span(f"row {top + row}, columns {left + first}:{last}", is_muted=True),)
        for label, numbers in (("yours", got), ("expected", expected)):
            yield (Span(f"{label:<{LABEL}}"), *self._row(numbers[span], expected[span], scale))


def _heads(width: int, *names: str) -> Line:
    text = GAP.text.join(f"{name:<{width}}" for name in names)
    return (Span(text.rstrip(), is_muted=True),)
