"""What a learner does after a verdict: the same words in the shell and in the app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui.progress.records import AttemptKind

if TYPE_CHECKING:
    from grader import Report


class Ways(NamedTuple):
    """How one does it: by a command, or by a key of the page."""

    write: str
    hint: str
    trace: str
    submit: str
    go_on: str
    compare: str
    give_up: str


# A tensor, or one that is too large to be shown.
MADE_BY_TORCH = re.compile(r"\btensor\(|\bshape \(|\b[a-z]+\d+\[")

KEYS = Ways(
    write="Press e",
    hint="Press h",
    trace="t",
    submit="Press s",
    go_on="Press Enter",
    compare="o",
    give_up="o",
)


def commands(exercise: str) -> Ways:
    return Ways(
        *(f"`learn edit {exercise}`", f"`learn hint {exercise}`", f"`learn trace {exercise}`"),
        *(f"`learn submit {exercise}`", "`learn next`"),
        compare=f"`learn solution --diff {exercise}`",
        give_up=f"`learn rewrite --give-up {exercise}`",
    )


def can_be_traced(report: Report) -> bool:
    """Whether the steps to a wrong result can be seen: torch must have made it."""
    answers = [test.got for test in report.tests if test.outcome == "failed"]
    return not report.problem and any(MADE_BY_TORCH.search(answer) for answer in answers)


def advice(report: Report, kind: AttemptKind, ways: Ways, is_passed: bool = False) -> str:
    """`is_passed`: whether the exercise was passed before this verdict."""
    from grader.formats.facts import is_unwritten

    if report.outcome == "error":
        return "`learn doctor` looks for what is wrong here. This is no fault of your code."
    if not report.passed and kind == "rewrite":
        return f"{ways.hint} for a hint; {ways.give_up} gives it up, and it comes back sooner."
    if is_unwritten(report):
        return f"{ways.write} to write it. {ways.hint} for a hint."
    is_explained = report.problem or report.diagnosis or report.symptom
    if not report.passed and not is_explained and can_be_traced(report):
        return f"{ways.hint} for a hint; {ways.trace} looks for the first line that goes wrong."
    if not report.passed:
        return f"{ways.hint} for a hint if you are stuck."
    if kind == "check" and is_passed:
        passed = f"{ways.compare} shows ours beside the answer that passed"
        return f"You have passed this exercise before. {ways.go_on} to go on; {passed}."
    if kind == "check":
        return f"{ways.submit} to submit it: fresh numbers, and it counts."
    if kind == "rewrite":  # what is compared with ours is the answer that passed first
        return f"{ways.go_on} to go on."
    return f"{ways.go_on} to go on; {ways.compare} compares yours with ours."
