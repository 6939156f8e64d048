"""What the class did not understand: the reasons for failures, by how many students have them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from grader.classroom.graded import Graded
from grader.classroom.progress import Works
from grader.report import FailingCall, Report, TestResult

MISTAKE, SYMPTOM, FILE, UNKNOWN = "mistake", "symptom", "file", "unknown"
FILES = {
    "size": "The file is too large.",
    "encoding": "The file is not UTF-8.",
    "missing": "There is no file.",
    "syntax": "The file is not Python.",
    "forbidden": "The file uses what the exercise does not allow.",
    "load": "The file breaks while it is loaded.",
    "entry": "The function or class that is asked for is not in the file.",
}


@dataclass
class Reason:
    """Why answers to one exercise failed. `still` have not passed it so far."""

    kind: str
    exercise: str
    says: str
    students: set[str] = field(default_factory=set)
    still: set[str] = field(default_factory=set)
    example: FailingCall | None = None

    def note(self, student: str, is_still: bool, example: FailingCall | None) -> None:
        self.students.add(student)
        if is_still:
            self.still.add(student)
        # The shortest is read most easily, and is the same whatever the order of the lines.
        self.example = min(filter(None, (self.example, example)), key=_length, default=None)


Found = tuple[str, str, str, FailingCall | None]  # kind, id, what it says, an example


def reasons(works: Works) -> list[Reason]:
    """Those that most students have come first. A student counts once for each."""
    found: dict[tuple[str, str, str], Reason] = {}
    for exercise, people in works.items():
        for student, work in people.items():
            for kind, id, says, example in chain.from_iterable(map(_found, work.hand_ins)):
                key = (exercise, kind, id)
                reason = found.setdefault(key, Reason(kind, exercise, says))
                reason.note(student, not work.passed, example)
    return sorted(found.values(), key=lambda reason: -len(reason.students))


def _found(graded: Graded) -> Iterator[Found]:
    report = graded.report
    if report.outcome != "failed":
        return
    if report.problem:
        kind = report.problem.kind
        yield FILE, kind, FILES.get(kind, "The file cannot be graded."), None
        return
    whole = _of(report, report.smallest)
    tests = [_of(test, _call(test)) for test in report.tests if test.outcome == "failed"]
    known = [reason for reason in (whole, *tests) if reason]
    yield from known
    if not known:
        calls = [report.smallest, *(_call(test) for test in report.tests)]
        shortest = min(filter(None, calls), key=_length, default=None)
        yield UNKNOWN, "", "No known mistake or symptom explains it.", shortest


def _of(result: Report | TestResult, example: FailingCall | None) -> Found | None:
    if result.diagnosis:
        return MISTAKE, result.diagnosis.id, result.diagnosis.says, example
    if result.symptom:
        return SYMPTOM, result.symptom.id, result.symptom.says, example
    return None


def _call(test: TestResult) -> FailingCall | None:
    """Without a call, or where both answers are written alike, there is nothing to see."""
    tells = test.outcome == "failed" and test.call and test.got != test.expected
    return FailingCall(test.call, test.got, test.expected) if tells else None


def _length(call: FailingCall) -> tuple[int, str]:
    text = call.code + call.got + call.expected
    return len(text), text
