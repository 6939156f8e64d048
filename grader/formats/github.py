"""Reports for the log of a GitHub Actions job, with annotations at the learner's lines.

A step shows ten errors, those printed first; so the most telling come first, and one line says how
many are not shown. A line of a log that starts with `::`, after spaces too, is a command. So all
that a learner's code may have said stands between markers that nobody can guess.
Source: actions/runner, `ActionCommand.cs`; actions/toolkit, `docs/problem-matchers.md`.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from exercises.words import plural
from grader.formats.facts import VERDICTS, Found, account, code, known, listed, unprotected
from grader.formats.text import render as render_text
from grader.report import UNWRITTEN, Diagnosis, Report, Symptom, TestResult, cut

MOST_SHOWN = 10
NOT_BEGUN = 4  # the rank of what its learner knows already
MAX_TITLE, MAX_MESSAGE = 200, 4_000  # GitHub cuts at 255 letters and 64 KB


class Annotation(NamedTuple):
    title: str
    message: str
    file: str
    line: int | None

    def command(self) -> str:
        places = {"file": self.file, "line": str(self.line or ""), "title": self.title}
        told = ",".join(f"{name}={_property(text)}" for name, text in places.items() if text)
        return f"::error {told}::{_data(self.message)}"


def render(found: Found, paths: Mapping[str, str] | None = None) -> str:
    """The text of the reports, then the annotations.

    `paths` has the file of each exercise, from the root of the repository.
    """
    token = secrets.token_hex(16)
    lines = [f"::stop-commands::{token}", render_text(found).rstrip("\n"), f"::{token}::"]
    told = annotations(listed(found), paths or {})
    lines += [annotation.command() for annotation in told[:MOST_SHOWN]]
    if len(told) > MOST_SHOWN:
        more = plural(len(told) - MOST_SHOWN, "more reason stands", "more reasons stand")
        more += " in the log and in the summary."
        lines.append(f"::notice title=There is more::{more}")
    if missing := unprotected(listed(found)):
        lines.append(f"::warning title=Not protected::{_data(missing)}")
    return "\n".join(lines) + "\n"


def annotations(reports: Sequence[Report], paths: Mapping[str, str]) -> list[Annotation]:
    """One for each reason: first the most telling one of each report, then the second ones, and
    last of all what is not begun.
    """
    ranked = [
        (place, rank, annotation)
        for report in reports
        for place, (rank, annotation) in enumerate(_of(report, paths.get(report.exercise, "")))
    ]
    return [annotation for *_, annotation in sorted(ranked, key=_turn)]


def _turn(ranked: tuple[int, int, Annotation]) -> tuple[bool, int, int]:
    place, rank, _ = ranked
    return rank == NOT_BEGUN, place, rank


def _of(report: Report, path: str) -> list[tuple[int, Annotation]]:
    """Those of one report, each with its rank; tests that fail for one reason share one."""
    if problem := report.problem:
        told = [problem.message, *code(problem)]
        rank = NOT_BEGUN if problem.kind == "missing" else 0
        return [(rank, _annotation(report, VERDICTS[report.outcome], told, path, problem.line))]
    reasons: dict[object, list[TestResult]] = {}
    for test in report.tests:
        if test.outcome != "passed":
            reasons.setdefault(known(test) or test.message, []).append(test)
    ranked = []
    for tests in reasons.values():
        more = f" And {plural(len(tests) - 1, 'more test')}." if len(tests) > 1 else ""
        file, line = _place(tests[0], path)
        told = account(tests[0], report)
        annotation = _annotation(report, tests[0].title + more, told, file, line)
        ranked.append((_rank(tests[0]), annotation))
    return sorted(ranked, key=lambda each: each[0])


def _rank(test: TestResult) -> int:
    found = known(test)
    if found and found.id == UNWRITTEN:
        return NOT_BEGUN
    return {Diagnosis: 1, Symptom: 2}.get(type(found), 3)


def _place(test: TestResult, path: str) -> tuple[str, int | None]:
    """The learner's line where an error was raised, in the exercise's file or one beside it."""
    frame = test.frames[-1] if test.frames else None
    if frame is None or not path or not re.fullmatch(r"\w+\.py", frame.file):
        return path, None
    return str(PurePosixPath(path).with_name(frame.file)), frame.line


def _annotation(
    report: Report, title: str, told: Sequence[str], file: str, line: int | None
) -> Annotation:
    title = cut(f"{report.exercise}: {title}", MAX_TITLE)
    return Annotation(title, cut("\n".join(told), MAX_MESSAGE), file, line)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
