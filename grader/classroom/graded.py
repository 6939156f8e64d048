"""Reports of a class, as JSON lines: one object a line, with `student` and `report`.

    {"student": "1042", "report": {"schema": "report/v2", ...}, "attempt": 2,
     "at": "2026-12-01T23:59+01:00", "source": "import torch\\n..."}

The last three may be missing. `source` is the graded file's text; without it likeness is not known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from grader.classroom.json_lines import Line, read_lines
from grader.errors import UsageError
from grader.report import EXIT_CODES, Report

EXAMPLE = '{"student": "1042", "report": {"schema": "report/v2", …}}'


@dataclass(frozen=True)
class Graded:
    """One answer to one exercise, and the report on it."""

    student: str
    report: Report
    attempt: int | None = None
    at: datetime | None = None
    source: str | None = None

    @property
    def is_there(self) -> bool:
        """A batch has a verdict on what was not handed in, too: that it is missing."""
        return not self.report.problem or self.report.problem.kind != "missing"


def read_graded(file: Path) -> list[Graded]:
    """In the order of the file. Raises `UsageError`, with the line, for what is no report."""
    found = [_graded(line) for line in read_lines(file, EXAMPLE)]
    if not found:
        raise UsageError(f"{file.name} holds no report.")
    return found


def _graded(line: Line) -> Graded:
    data = line.data
    student = line.person("student")
    attempt, source = data.get("attempt"), data.get("source")
    if attempt is not None and (type(attempt) is not int or attempt < 1):
        raise UsageError(f"{line.where}: `attempt` must be a whole number from 1.")
    if source is not None and not isinstance(source, str):
        raise UsageError(f"{line.where}: `source` must be a text.")
    report = sound_report(data.get("report"), line.where)
    return Graded(student, report, attempt, _time(data.get("at"), line.where), source)


def sound_report(data: object, where: str) -> Report:
    """Raises `UsageError` for what no grader wrote."""
    try:
        if isinstance(data, Mapping):
            report = Report.from_dict(data)
            if _is_sound(report):
                return report
    except (AttributeError, LookupError, TypeError, ValueError):
        pass
    raise UsageError(
        f"{where}: `report` must be what `grader run --format json` writes for one file."
    )


def _is_sound(record: Any) -> bool:
    """Whether texts are texts and numbers are numbers: a report may come from a student's CI."""
    return all(
        _fits(field.name, field.type, getattr(record, field.name)) for field in fields(record)
    )


def _fits(name: str, kind: object, value: object) -> bool:
    if name == "outcome":
        return isinstance(value, str) and value in EXIT_CODES
    if kind is str:
        return isinstance(value, str)
    if kind in (int, float):
        return isinstance(value, int | float) and isfinite(value) and value >= 0
    return all(_is_sound(part) for part in _records(value))


def _records(value: object) -> Iterator[object]:
    parts = value if isinstance(value, tuple) else (value,)
    return (part for part in parts if is_dataclass(part))


def _time(text: object, where: str) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError(
            f"{where}: `at` must be a time with its zone, such as 2026-12-01T23:59+01:00."
        )
    return at
