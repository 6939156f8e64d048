"""What every format tells of a report, in the words that all of them share."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from grader.report import ENDED, UNWRITTEN, Diagnosis, Problem, Report, Symptom, TestResult

VERDICTS = {"passed": "passed", "failed": "not passed", "error": "could not be graded"}
NO_REASON = "No known mistake explains this."
NO_CALL = f"{NO_REASON} Each test that failed says what it saw."
SMALLEST = "The smallest call that goes wrong is:"
TOLD_BY_TESTS = (ENDED, UNWRITTEN)
MANY = 16  # tests that passed, which would take the screen
MAX_PRINTED = 10  # lines of what a learner's code printed, where a person reads it
MAX_LINE = 200  # characters of a line of code
LENGTHS = (20_000, 2_000, 400, 80)  # how much of each text is kept where a file has a limit

Found = Report | Sequence[Report]  # one answer's report, or those of all that a folder holds


class Fact(NamedTuple):
    label: str
    text: str


def listed(found: Found) -> Sequence[Report]:
    return (found,) if isinstance(found, Report) else found


def points(reports: Sequence[Report]) -> str:
    earned = sum(report.points for report in reports)
    return f"{earned:g} of {sum(report.max_points for report in reports):g} points"


def counts(report: Report) -> str:
    """How many tests passed, and how many points that makes."""
    passed = sum(test.outcome == "passed" for test in report.tests)
    return f"{passed} of {len(report.tests)} tests, {points([report])}"


def totals(reports: Sequence[Report]) -> str:
    """How many exercises passed, how many could not be graded, and how many points that makes."""
    outcomes = [report.outcome for report in reports]
    ours = outcomes.count("error")
    ungraded = f", {ours} could not be graded" if ours else ""
    passed = f"{outcomes.count('passed')} of {len(outcomes)} exercises passed"
    return f"{passed}{ungraded}, {points(reports)}"


def unprotected(reports: Sequence[Report]) -> str:
    """That layers of the sandbox were missing, where some were: then a verdict is worth less."""
    layers = [layer for report in reports for layer in report.layers.items()]
    missing = dict.fromkeys(name for name, state in layers if state == "missing")
    return f"Graded without {', '.join(missing)}; `grader doctor` says why." if missing else ""


def overview(reports: Sequence[Report]) -> str:
    """What several reports come to, in one line."""
    return f"{totals(reports)}. {unprotected(reports)}".rstrip()


def duration(milliseconds: float) -> str:
    """How long something took, in the unit that fits: `42 ms`, `6.1 s`, `20 s`."""
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1e3
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def code(problem: Problem) -> list[str]:
    """The lines that a problem with the whole file is about, with their numbers where known.

    Of a line as long as a page nobody reads the end.
    """
    lines = [
        line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} …"
        for line in problem.code.splitlines()
    ]
    if problem.line is None:
        return lines
    return [f"{number:>4} │ {line}" for number, line in enumerate(lines, start=problem.line)]


def tells(test: TestResult, report: Report) -> bool:
    """Whether a test has more to tell than its outcome: a problem with the file says it for all."""
    return test.outcome != "passed" and not report.problem


def known(result: Report | TestResult) -> Diagnosis | Symptom | None:
    """Why a report or one of its tests failed: a known mistake before what the numbers say."""
    return result.diagnosis or result.symptom


def reason(test: TestResult, report: Report) -> str:
    """Why this test failed, where that is known and not said of the whole report already."""
    found = known(test)
    if (
        not found
        or found.id in TOLD_BY_TESTS
        or found == known(report)
        or found.says == test.message
    ):
        return ""
    return found.says


def message(test: TestResult, report: Report) -> str:
    """What this test found, where its reason or that of the whole report does not hold it."""
    reasons = (why(report), test.message and reason(test, report))
    return "" if any(_holds(says, test.message) for says in reasons) else test.message


def _holds(says: str, text: str) -> bool:
    """Whether `says` is `text`, or quotes it at the end of a sentence."""
    return says == text or f" {text.rstrip('.')}." in says


def ours(report: Report) -> str:
    """That the fault is ours, and what to do, where a report is an error."""
    if report.outcome != "error":
        return ""
    what = report.problem.message if report.problem else "A hidden test broke."
    return (
        f"{report.exercise} could not be graded. This is the grader's error, not yours. {what}"
        " If it happens again, tell your teacher."
    )


def why(report: Report) -> str:
    """The reason for most of what failed, or that none is known."""
    if found := known(report):
        return found.says
    if report.smallest:
        return NO_REASON
    is_open = report.outcome == "failed" and not report.problem
    return NO_CALL if is_open and not any(map(known, report.tests)) else ""


def why_so(report: Report) -> str:
    """What the reason holds for, and whether there is more than it explains."""
    found = known(report)
    if found is None:
        return ""
    failed = [test for test in report.tests if test.outcome == "failed"]
    explained = sum(known(test) == found for test in failed)
    evidence = found.evidence if isinstance(found, Symptom) else ""
    more = f"It explains {explained} of the {len(failed)} tests that failed; there is more."
    return " ".join(
        part for part in (evidence, more if 0 < explained < len(failed) else "") if part
    )


def is_all(report: Report) -> bool:
    """Whether the reason of the report is all that each of its tests says."""
    says = why(report)
    return len(report.tests) > 1 and all(
        test.outcome == "failed" and test.message == says for test in report.tests
    )


def is_unwritten(report: Report) -> bool:
    """Whether the file is still a stub."""
    return report.symptom is not None and report.symptom.id == UNWRITTEN


class Telling(NamedTuple):
    """One test, and how much a person is told of it: all of the first failure, of those after it
    only why, and nothing again that was said before.
    """

    test: TestResult
    is_brief: bool = False
    is_again: bool = False


def in_turn(report: Report) -> Iterator[Telling]:
    """The tests, where each has something of its own to tell."""
    said: set[str] = set()
    for test in report.tests if not (report.problem or for_all(report)) else ():
        is_wrong = tells(test, report)
        yield Telling(test, bool(said), is_wrong and test.message in said)
        said |= {test.message} if is_wrong else set()


def for_all(report: Report) -> str:
    """What is said of all tests at once: of a pass of many, or where one reason is all there is."""
    if report.passed and len(report.tests) > MANY:
        return f"All {len(report.tests)} tests passed."
    if is_all(report):
        way = "wait for it" if is_unwritten(report) else "end like this"
        return f"All {len(report.tests)} tests {way}."
    return ""


def of_all(report: Report) -> TestResult | None:
    """The test that is told where they all end like it; a stub has nothing to tell."""
    return report.tests[0] if is_all(report) and not is_unwritten(report) else None


def smallest(report: Report) -> list[str]:
    """The smallest failing call as lines to be pasted, between what it is and both answers."""
    call = report.smallest
    if call is None:
        return []
    code = [f">>> {line}" for line in call.code.splitlines()]
    return [SMALLEST, *code, f"yours     {call.got}", f"expected  {call.expected}"]


def facts(test: TestResult) -> tuple[Fact, ...]:
    """All of `called` and `lines`."""
    return called(test) + lines(test)


def called(test: TestResult) -> tuple[Fact, ...]:
    """What was called, what came back, and what should have: those that there are.

    Two answers that are written alike (`float32[2, 3]`) tell nothing, and are left out.
    """
    both = (("got", test.got), ("expected", test.expected)) if test.got != test.expected else ()
    known = (("called", test.call), *both)
    return tuple(Fact(label, text) for label, text in known if text)


def lines(test: TestResult) -> tuple[Fact, ...]:
    """The learner's own lines on the way to an error."""
    return tuple(Fact(f"line {frame.line}", frame.code) for frame in test.frames if frame.code)


def account(test: TestResult, report: Report) -> list[str]:
    """All that is told of a test that did not pass, for a place where nothing else is told.

    What belongs to none of the tests comes with the first.
    """
    if report.problem:
        return [report.problem.message, *code(report.problem)]
    found = known(test)
    reason = found.says if found else ""
    says = [reason, "" if _holds(reason, test.message) else test.message]
    told = [part for part in says if part] + [f"{label}: {text}" for label, text in facts(test)]
    first = next(other for other in report.tests if other.outcome != "passed")
    return told + smallest(report) if test is first else told


def printed(test: TestResult) -> list[str]:
    """The first lines of what the learner's code printed."""
    return test.output.splitlines()[:MAX_PRINTED]


def named(test: TestResult) -> str:
    """The id of the mistake or symptom that explains a test, if one is known."""
    found = known(test)
    return found.id if found else ""


def section(diagnosis: Diagnosis) -> str:
    """The lesson's section that explains a mistake: its title, where the examiner knew it."""
    return diagnosis.section or diagnosis.see


def reading(diagnosis: Diagnosis) -> str:
    """Where a mistake is explained, and the command that shows it."""
    if not diagnosis.chapter:
        return f"The lesson on this: section {section(diagnosis)}."
    return f"The lesson on this: `learn read {diagnosis.see}`, “{section(diagnosis)}”."


def none_run(report: Report) -> str:
    """Of a file that has a problem as a whole."""
    return f"None of the {len(report.tests)} tests was run."


def within(most: int, lay_out: Callable[[int], str]) -> str:
    """`lay_out(length)`, which cuts each text to `length`: the longest of at most `most` bytes.

    What is told of a learner's code is cut, so that its reader is not handed a file too large to
    take; how many exercises and tests there are is up to the course.
    """
    for length in LENGTHS:
        text = lay_out(length)
        if len(text.encode()) <= most:
            break
    return text
