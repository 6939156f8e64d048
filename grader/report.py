"""The verdict on one submission. Formats take a finished `Report`; nothing here prints.

`report.schema.json` beside this file is the documented form of `Report.to_dict()`, `report/v2`.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from unicodedata import bidirectional

from exercises.catalog import Exercise

REPORT_SCHEMA = "report/v2"
READABLE = (
    REPORT_SCHEMA,
    "report/v1",
)  # what `Report.from_dict` takes; the older one had no symptoms
Outcome = Literal["passed", "failed", "error"]
EXIT_CODES: Mapping[Outcome, int] = {"passed": 0, "failed": 1, "error": 3}
COUNTS_LATER = "counts once the result is right"  # in the message of a test that waits for others
ELSEWHERE = "In another test"  # begins the message of one whose own calls are as they should be
# The symptoms of code that was stopped, or is a stub yet: each test's message tells it by itself.
ENDED = "ended"
UNWRITTEN = "unwritten"
MAX_TEXT = 20_000
MAX_BYTES = 256 * 1024  # of a whole report as JSON


def printable(text: str) -> str:
    """`text`, cut where it is endless, with an escape for what would steer a terminal.

    Line ends and tabs stay. Control characters, those that change the direction of writing or are
    written from right to left, and halves of characters, which no file can take, become what Python
    writes for them: `\\x1b`.
    """
    if text.isascii() and text.isprintable():
        return cut(text, MAX_TEXT)
    return cut("".join(map(_escaped, cut(text, MAX_TEXT))), MAX_TEXT)


def cut(text: str, length: int) -> str:
    """`text`, or its beginning and a mark where it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _escaped(char: str) -> str:
    # Letters of Hebrew or Arabic need no control character to turn round what stands beside them.
    keeps = char in "\n\t" or (char.isprintable() and bidirectional(char) not in ("R", "AL", "AN"))
    return char if keeps else char.encode("unicode_escape").decode()


class Shown:
    """Base of what holds texts of a learner's: whoever wrote them, they are safe to print."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, str):
                object.__setattr__(self, name, printable(value))


@dataclass(frozen=True)
class Frame(Shown):
    """One line of the learner's own code on the way to an exception."""

    file: str
    line: int
    function: str
    code: str


@dataclass(frozen=True)
class Diagnosis:
    """A known misconception that gives the learner's own values."""

    id: str
    says: str
    see: str  # the anchor of the lesson's section that explains it
    section: str = ""  # the title of that section
    chapter: int = 0  # the number of its chapter


@dataclass(frozen=True)
class Symptom(Shown):
    """What the numbers themselves say of a wrong answer; `evidence` tells what it holds for."""

    id: str
    says: str
    evidence: str = ""


@dataclass(frozen=True)
class FailingCall(Shown):
    """The smallest call that was found to go wrong, as Python to be pasted, and both answers."""

    code: str
    got: str
    expected: str


# Whether a right way has such a value: yes; not, or by chance alone; or it is the first wrong one.
TraceState = Literal["known", "own", "first"]


@dataclass(frozen=True)
class TracedStep(Shown):
    """One tensor on the way of a call, and the learner's line that made it."""

    file: str
    line: int
    code: str
    name: str  # of the variable that held it, if one did
    operation: str
    shape: tuple[int, ...]
    dtype: str
    state: TraceState


@dataclass(frozen=True)
class Trace(Shown):
    """What the learner's code does in one call. `first` is the step where it leaves the right ways,
    `got` its value, `expected` what a right way has in its place, empty where none has the like,
    `says` in what the two differ.

    Where there is no such step, or its numbers are right and only not what is asked for, `problem`
    says so.
    """

    call: str
    steps: tuple[TracedStep, ...] = ()
    first: int | None = None
    got: str = ""
    expected: str = ""
    says: str = ""
    problem: str = ""

    @property
    def is_right_before(self) -> bool:
        """Whether a right way has every value that comes before the first wrong one."""
        return all(step.state == "known" for step in self.steps[: self.first])


@dataclass(frozen=True)
class Comparison:
    """A window of the last two dimensions that shows the worst difference, to be drawn as a map.

    `index` says which matrix of the tensor it is cut from, `start` the row and column of its first
    number.
    """

    index: tuple[int, ...]
    start: tuple[int, int]
    got: tuple[tuple[float, ...], ...]
    expected: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class TestResult(Shown):
    """One hidden test. `message` says what went wrong; the other texts are empty where unknown."""

    __test__ = False  # pytest: this is no test class

    name: str
    title: str
    points: float
    max_points: float
    outcome: Outcome
    message: str = ""
    call: str = ""
    got: str = ""
    expected: str = ""
    frames: tuple[Frame, ...] = ()
    diagnosis: Diagnosis | None = None
    symptom: Symptom | None = None
    comparison: Comparison | None = None
    output: str = ""
    duration_ms: float = 0.0

    @property
    def waits(self) -> bool:
        """Whether nothing is wrong with what this test is about, and only the result is."""
        return self.outcome == "failed" and COUNTS_LATER in self.message

    @property
    def is_right_itself(self) -> bool:
        """Whether its own calls are as they should be: it waits, or those of another do harm."""
        return self.waits or self.message.startswith(ELSEWHERE)


@dataclass(frozen=True)
class Problem(Shown):
    """What kept the whole file from being graded. `line` counts from 1."""

    kind: str
    message: str
    line: int | None = None
    code: str = ""


@dataclass(frozen=True)
class Provenance:
    """From what a report was made. `source_sha256` is of the graded file, as `sha256sum` tells it;
    `files_sha256` of all that was handed in. Whoever has both files and suite can grade again.
    """

    source_sha256: str | None
    files_sha256: str
    suite_version: str
    packages: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """What the grader found. `outcome` is `error` only where the fault is ours."""

    exercise: str
    title: str
    outcome: Outcome
    points: float
    max_points: float
    seed: int
    device: str
    tests: tuple[TestResult, ...] = ()
    diagnosis: Diagnosis | None = None
    symptom: Symptom | None = None
    smallest: FailingCall | None = None  # where there is neither diagnosis nor symptom
    problem: Problem | None = None
    trace: Trace | None = None  # where it was asked for
    layers: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance | None = None  # in a report of an older course
    duration_ms: float = 0.0

    @classmethod
    def ungraded(cls, exercise: Exercise, seed: int, device: str, problem: Problem) -> "Report":
        """Our own failure: no test was run to its end, and no point can be given."""
        return cls(exercise.id, exercise.title, "error", 0, 0, seed, device, problem=problem)

    def fitted(self) -> "Report":
        """This report, its texts cut so far that it takes at most `MAX_BYTES` as JSON."""
        report = self
        for length in (4_000, 500, 60, 15):
            if _most_bytes(report) <= MAX_BYTES:
                break
            tests = tuple(_shortened(test, length) for test in self.tests)
            problem = self.problem and replace(self.problem, code=cut(self.problem.code, length))
            smallest = self.smallest if length > 1_000 else None  # cut, it could not be pasted
            trace = self.trace if length > 1_000 else None
            report = replace(self, tests=tests, problem=problem, smallest=smallest, trace=trace)
        return report

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"

    @property
    def exit_code(self) -> int:
        """0 passed, 1 graded and not passed, 3 our error."""
        return EXIT_CODES[self.outcome]

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the form `report/v2`."""
        data = {"schema": REPORT_SCHEMA, **asdict(self), "layers": dict(self.layers)}
        if self.trace is None:  # what nobody asked for is not there
            del data["trace"]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Report":
        """The inverse of `to_dict`, from JSON as well. Raises `ValueError` for another schema."""
        fields = dict(data)
        if fields.pop("schema", None) not in READABLE:
            raise ValueError(f"This is no {REPORT_SCHEMA} report.")
        fields["tests"] = tuple(_test_result(test) for test in fields["tests"])
        for name, kind in _RECORDS.items():
            fields[name] = kind(**fields[name]) if fields.get(name) else None
        fields["trace"] = _trace(fields["trace"]) if fields.get("trace") else None
        return cls(**fields)


def _shortened(test: TestResult, length: int) -> TestResult:
    """A test whose texts are cut to `length`; what tells which test it is stays whole."""
    return replace(
        test,
        message=cut(test.message, length),
        call=cut(test.call, length),
        got=cut(test.got, length),
        expected=cut(test.expected, length),
        output=cut(test.output, length),
        frames=tuple(replace(frame, code=cut(frame.code, length)) for frame in test.frames[-1:]),
        symptom=test.symptom if length > 1_000 else None,
        comparison=test.comparison if length > 1_000 else None,
    )


def _most_bytes(report: Report) -> int:
    """More than the report can take as JSON, found without writing it."""
    found: list[Shown | None] = [report.problem, report.smallest, report.symptom, report.trace]
    found += report.trace.steps if report.trace else ()
    for test in report.tests:
        found += [test, test.symptom, *test.frames]
    parts = [part for part in found if part is not None]
    texts = [text for part in parts for text in vars(part).values() if isinstance(text, str)]
    pictures = [test.comparison for test in report.tests if test.comparison]
    numbers = sum(len(row) for picture in pictures for row in (*picture.got, *picture.expected))
    written = sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
    # A number has a line of its own, and so has each field, with its name.
    return written + 32 * numbers + 600 * len(parts) + 10_000


_RECORDS: Mapping[str, Callable[..., Any]] = {
    "diagnosis": Diagnosis,
    "symptom": Symptom,
    "smallest": FailingCall,
    "problem": Problem,
    "provenance": Provenance,
}


def _test_result(data: Mapping[str, Any]) -> TestResult:
    fields = dict(data)
    fields["frames"] = tuple(Frame(**frame) for frame in fields["frames"])
    for name in ("diagnosis", "symptom"):
        fields[name] = _RECORDS[name](**fields[name]) if fields.get(name) else None
    if comparison := fields["comparison"]:
        fields["comparison"] = Comparison(
            index=tuple(comparison["index"]),
            start=(comparison["start"][0], comparison["start"][1]),
            got=_numbers(comparison["got"]),
            expected=_numbers(comparison["expected"]),
        )
    return TestResult(**fields)


def _trace(data: Mapping[str, Any]) -> Trace:
    steps = (TracedStep(**{**step, "shape": tuple(step["shape"])}) for step in data["steps"])
    return Trace(**{**data, "steps": tuple(steps)})


def _numbers(rows: Sequence[Sequence[float | None]]) -> tuple[tuple[float, ...], ...]:
    """JSON has null for what is not finite."""
    return tuple(tuple(math.nan if number is None else number for number in row) for row in rows)
