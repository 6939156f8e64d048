"""The learner's numbers beside the expected ones.

Few numbers are printed, each on its colour, with ≠ at those that differ. Many become cells of half
blocks, two rows in a line, with a third map of where they differ, and the worst row in numbers.
Where there is no colour, shaded characters take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tui.figures.colours import Scale
from tui.figures.heatmap import NUMBER_WIDTH, Matrix, differs, level, paired, scale, short, worst

if TYPE_CHECKING:
    from grader.report import Comparison

CELL = NUMBER_WIDTH + 2
GAP = "   "
SHADES = " ░▒▓█"
DIFFERENT, SAME = "≠", " "
HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): "·"}


class HeatMap(Widget):
    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self._got, self._expected = comparison.got, comparison.expected
        self._start, self._index = comparison.start, comparison.index
        self._low, self._high = scale(self._got, self._expected)

    def render(self) -> Content:
        columns = max((len(row) for row in self._got), default=0)
        numbers_fit = 2 * columns * CELL + len(GAP) <= self.content_size.width
        lines = self._numbers() if numbers_fit and len(self._got) <= 12 else self._cells(columns)
        return Content("\n").join([self._where(), *lines])

    def _where(self) -> Content:
        """Which part of the tensor this is."""
        rows, columns = len(self._got), max((len(row) for row in self._got), default=0)
        top, left = self._start
        place = [str(i) for i in self._index]
        place += [f"{top}:{top + rows}", f"{left}:{left + columns}"]
        return Content.styled(
            f"[{', '.join(place)}]  from {short(self._low)} to {short(self._high)}", "$text-muted"
        )

    # numbers on their colours

    def _numbers(self) -> Iterator[Content]:
        width = CELL * max(len(row) for row in self._got)
        yield _titles(width, "yours", "expected")
        for got, expected in zip(self._got, self._expected, strict=True):
            yield Content.assemble(
                *self._row_of_numbers(got, expected), GAP, *self._row_of_numbers(expected, expected)
            )

    def _row_of_numbers(self, row: Sequence[float], other: Sequence[float]) -> Iterator[Content]:
        for number, wanted in zip(row, other, strict=True):
            mark = DIFFERENT if differs(number, wanted) else SAME
            text = f"{(mark + short(number)).strip():>{NUMBER_WIDTH + 1}} "
            weight = "bold" if mark == DIFFERENT else ""
            yield Content.styled(text, f"{weight} {self._colours_of(number)}".strip())

    # cells

    def _cells(self, columns: int) -> Iterator[Content]:
        wide = 2 if 3 * 2 * columns + 2 * len(GAP) <= self.content_size.width else 1
        yield _titles(max(8, columns * wide), "yours", "expected", "differs")
        pad = " " * max(0, 8 - columns * wide)
        where = [
            [float(differs(a, b)) for a, b in zip(got, expected, strict=True)]
            for got, expected in zip(self._got, self._expected, strict=True)
        ]
        draw = self._shaded if self.app.no_color else self._halves
        mark = self._marked if self.app.no_color else self._half_marks
        maps = draw(self._got, wide), draw(self._expected, wide), mark(where, wide)
        for got, expected, marks in zip(*maps, strict=True):
            yield Content.assemble(got, pad, GAP, expected, pad, GAP, marks)
        yield from self._worst_row()

    def _halves(self, matrix: Matrix, wide: int) -> Iterator[Content]:
        for upper, lower in paired(matrix):
            below: Sequence[float | None] = lower or [None] * len(upper)
            cells = (
                Content.styled("▀" * wide, self._half_colours(*pair))
                for pair in zip(upper, below, strict=True)
            )
            yield Content("").join(cells)

    def _shaded(self, matrix: Matrix, wide: int) -> Iterator[Content]:
        for row in matrix:
            yield Content("".join(self._shade(number) * wide for number in row))

    def _shade(self, number: float) -> str:
        at = level(number, self._low, self._high)
        return "!" if at is None else SHADES[round(at * (len(SHADES) - 1))]

    def _marked(self, where: Matrix, wide: int) -> Iterator[Content]:
        for row in where:
            yield Content("".join((DIFFERENT if differs else "·") * wide for differs in row))

    def _half_marks(self, where: Matrix, wide: int) -> Iterator[Content]:
        for upper, lower in paired(where):
            below = lower or [0.0] * len(upper)
            marks = (HALVES[bool(a), bool(b)] * wide for a, b in zip(upper, below, strict=True))
            yield Content.styled("".join(marks), "$error")

    def _worst_row(self) -> Iterator[Content]:
        row, column = worst(self._got, self._expected)
        got, expected = self._got[row], self._expected[row]
        fits = max(1, (self.content_size.width - 10) // CELL)
        first = min(max(0, column - fits // 2), max(0, len(got) - fits))
        span = slice(first, first + fits)
        top, left = self._start
        last = left + min(len(got), first + fits)
        yield Content.styled(f"row {top + row}, columns {left + first}:{last}", "$text-muted")
        yield Content.assemble("yours     ", *self._row_of_numbers(got[span], expected[span]))
        yield Content.assemble("expected  ", *self._row_of_numbers(expected[span], expected[span]))

    # colours

    def _colours_of(self, number: float) -> str:
        """A style for a number on its colour; none where there is no colour."""
        if self.app.no_color:
            return ""
        at = level(number, self._low, self._high)
        if at is None:
            return "$background on $error"
        scale = self._scale()
        return f"{scale.readable_on(at)} on {scale.at(at)}"

    def _half_colours(self, upper: float, lower: float | None) -> str:
        above, below = (self._colour(number) for number in (upper, lower))
        return f"{above} on {below}" if below else above

    def _colour(self, number: float | None) -> str:
        if number is None:
            return ""
        at = level(number, self._low, self._high)
        return "$error" if at is None else self._scale().at(at)

    def _scale(self) -> Scale:
        variables = self.app.theme_variables
        return Scale(variables["panel"][:7], variables["accent"][:7])


def _titles(width: int, *names: str) -> Content:
    return Content.styled(GAP.join(f"{name:<{width}}" for name in names).rstrip(), "$text-muted")
