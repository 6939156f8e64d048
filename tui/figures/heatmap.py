"""What a heat map shows of two matrices: a common scale, where they differ, and short numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Matrix = Sequence[Sequence[float]]

# The report keeps four digits.
RELATIVE, ABSOLUTE = 2e-3, 1e-5
NUMBER_WIDTH = 6


def scale(*matrices: Matrix) -> tuple[float, float]:
    """The least and the greatest finite number of all."""
    numbers = [n for matrix in matrices for row in matrix for n in row if math.isfinite(n)]
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)


def level(number: float, low: float, high: float) -> float | None:
    """Where a number lies on the scale, from 0 to 1; None for NaN and infinities."""
    if not math.isfinite(number):
        return None
    # Halved, since the distance between two floats can be more than a float holds.
    return (number / 2 - low / 2) / (high / 2 - low / 2) if high / 2 > low / 2 else 0.5


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


def short(number: float) -> str:
    """At most NUMBER_WIDTH characters."""
    if math.isnan(number):
        return "nan"
    if math.isfinite(number) and abs(number) >= 1e99:
        return "huge" if number > 0 else "-huge"
    if abs(number) < 1e-98:
        return "0"
    for digits in (4, 3, 2, 1):
        text = f"{number:.{digits}g}"
        if len(text) <= NUMBER_WIDTH:
            return text
    return f"{number:.0e}".replace("e+0", "e").replace("e-0", "e-")


Row = Sequence[float]


def paired(rows: Sequence[Row]) -> Iterable[tuple[Row, Row | None]]:
    """Two rows at a time, for half blocks; the last may stand alone."""
    for top in range(0, len(rows), 2):
        yield rows[top], rows[top + 1] if top + 1 < len(rows) else None
