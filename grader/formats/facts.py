"""What every format tells of a report, in the words that all of them share."""

from typing import NamedTuple

from grader.report import Diagnosis, Problem, Report, TestResult

VERDICTS = {"passed": "passed", "failed": "not passed", "error": "could not be graded"}
MAX_PRINTED = 10  # lines of what a learner's code printed, where a person reads it


class Fact(NamedTuple):
    label: str
    text: str


def counts(report: Report) -> str:
    """How many tests passed, and how many points that makes."""
    passed = sum(test.outcome == "passed" for test in report.tests)
    return (
        f"{passed} of {len(report.tests)} tests, {report.points:g} of {report.max_points:g} points"
    )


def code(problem: Problem) -> list[str]:
    """The lines that a problem with the whole file is about, with their numbers where known."""
    lines = problem.code.splitlines()
    if problem.line is None:
        return lines
    return [f"{number:>4} │ {line}" for number, line in enumerate(lines, start=problem.line)]


def tells(test: TestResult, report: Report) -> bool:
    """Whether a test has more to tell than its outcome: a problem with the file says it for all."""
    return test.outcome != "passed" and not report.problem


def reason(test: TestResult, report: Report) -> str:
    """Why this test failed, where that is known and not said of the whole report already."""
    known = test.diagnosis if test.diagnosis != report.diagnosis else None
    return known.says if known else ""


def facts(test: TestResult) -> tuple[Fact, ...]:
    """All of `called` and `lines`."""
    return called(test) + lines(test)


def called(test: TestResult) -> tuple[Fact, ...]:
    """What was called, what came back, and what should have: those that there are."""
    known = (("called", test.call), ("got", test.got), ("expected", test.expected))
    return tuple(Fact(label, text) for label, text in known if text)


def lines(test: TestResult) -> tuple[Fact, ...]:
    """The learner's own lines on the way to an error."""
    return tuple(Fact(f"line {frame.line}", frame.code) for frame in test.frames if frame.code)


def printed(test: TestResult) -> list[str]:
    """The first lines of what the learner's code printed."""
    return test.output.splitlines()[:MAX_PRINTED]


def section(diagnosis: Diagnosis) -> str:
    """The lesson's section that explains a mistake: its title, where the examiner knew it."""
    return diagnosis.section or diagnosis.see
