"""What people are to get, as JSON lines: one object a line, at least with `id` and `score`.

    {"id": "1042", "score": 10.5, "max_score": 12}

`score` null says that there is none yet. Other keys are kept for who wants them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.classroom.json_lines import Line, read_lines
from grader.errors import UsageError
from grader.report import printable

MOST_POINTS = 1_000_000
EXAMPLE = '{"id": "1042", "score": 10}'


@dataclass(frozen=True)
class Result:
    id: str
    score: float | None
    max_score: float | None
    fields: Mapping[str, Any]
    line: int

    def text(self, name: str) -> str:
        """A field as text; empty where it is not there."""
        value = self.fields.get(name)
        return "" if value is None else printable(str(value))


def read_results(file: Path) -> list[Result]:
    """In the order of the file. Raises `UsageError`, with the line, for what is no result."""
    found = [_result(line) for line in read_lines(file, EXAMPLE)]
    if not found:
        raise UsageError(f"{file.name} holds no result.")
    return found


def one_each(results: list[Result]) -> dict[str, Result]:
    """By id. Raises `UsageError` where somebody has two: which of them counts is not for us."""
    people: dict[str, Result] = {}
    for result in results:
        if other := people.get(result.id):
            raise UsageError(
                f"Lines {other.line} and {result.line} of the results are both of {result.id!r}."
                " Keep the one that counts."
            )
        people[result.id] = result
    return people


def _result(line: Line) -> Result:
    id = line.person("id")
    if "score" not in line.data:
        raise UsageError(f"{line.where}: `score` is missing; null says that there is none yet.")
    score, most = (
        _points(line.data.get(name), name, line.where) for name in ("score", "max_score")
    )
    return Result(id, score, most, line.data, line.number)


def _points(value: object, name: str, where: str) -> float | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MOST_POINTS:  # type: ignore[operator]
        raise UsageError(f"{where}: `{name}` must be a number from 0 to {MOST_POINTS:,}.")
    return float(value)  # type: ignore[arg-type]
