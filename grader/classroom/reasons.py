"""What the class did not understand: the reasons for failures, by how many students have them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from grader.classroom.graded import Graded
from grader.classroom.progress import Works
from grader.report import Report, TestResult

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


@dataclass(frozen=True)
class Example:
    """A call and both answers; or, where these are not known or written alike, what it `says`."""

    call: str = ""
    got: str = ""
    expected: str = ""
    says: str = ""

    @property
    def rank(self) -> tuple[bool, int, tuple[str, ...]]:
        """The best is the least: with answers, and short. It is the same in any order of lines."""
        texts = (self.call, self.got, self.expected, self.says)
        return not (self.call and self.got), sum(map(len, texts)), texts


@dataclass
class Reason:
    """Why answers failed, to one exercise or, where the file is to blame, to any.

    `still` have not passed it so far.
    """

    kind: str
    exercise: str
    wordings: Counter[str] = field(default_factory=Counter)  # a symptom names what it was found in
    students: set[str] = field(default_factory=set)
    still: set[str] = field(default_factory=set)
    example: Example | None = None

    @property
    def says(self) -> str:
        """The most frequent wording; of equally frequent ones the shortest."""
        return min(self.wordings, key=lambda text: (-self.wordings[text], len(text), text))

    def note(self, says: str, student: str, is_still: bool, example: Example | None) -> None:
        self.wordings[says] += 1
        self.students.add(student)
        if is_still:
            self.still.add(student)
        self.example = _best([self.example, example])


Found = tuple[str, str, str, Example | None]  # kind, id, what it says, an example


def reasons(works: Works) -> list[Reason]:
    """Those that most students have come first. A student counts once for each."""
    found: dict[tuple[str, str, str], Reason] = {}
    for exercise, people in works.items():
        for student, work in people.items():
            for kind, id, says, example in chain.from_iterable(map(_found, work.hand_ins)):
                where = "" if kind == FILE else exercise  # such a mistake is none of an exercise
                reason = found.setdefault((where, kind, id), Reason(kind, where))
                reason.note(says, student, not work.passed, example)
    return sorted(found.values(), key=lambda reason: -len(reason.students))


def _found(graded: Graded) -> Iterator[Found]:
    report = graded.report
    if report.outcome != "failed":
        return
    call = report.smallest
    whole = _example(call.code, call.got, call.expected) if call else None
    if report.problem:
        kind = report.problem.kind
        says = FILES.get(kind, "The file cannot be graded.")
        yield FILE, kind, says, Example(says=report.problem.message)
        return
    failed = [test for test in report.tests if test.outcome == "failed"]
    found = [_of(report, whole), *(_of(test, _of_test(test)) for test in failed)]
    known = [reason for reason in found if reason]
    yield from known
    if not known:
        best = _best([whole, *map(_of_test, failed)])
        yield UNKNOWN, "", "No known mistake or symptom explains it.", best


def _of(result: Report | TestResult, example: Example | None) -> Found | None:
    if result.diagnosis:
        return MISTAKE, result.diagnosis.id, result.diagnosis.says, example
    if result.symptom:
        return SYMPTOM, result.symptom.id, result.symptom.says, example
    return None


def _example(call: str, got: str, expected: str, says: str = "") -> Example:
    if got and got != expected:
        return Example(call, got, expected)
    return Example(call, says=says)


def _of_test(test: TestResult) -> Example:
    return _example(test.call, test.got, test.expected, test.message)


def _best(examples: Iterable[Example | None]) -> Example | None:
    return min(filter(None, examples), key=lambda example: example.rank, default=None)
