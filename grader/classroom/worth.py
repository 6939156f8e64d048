"""What an exercise is worth in an assignment: `classroom.yaml` says it, and not its suite."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.report import Report, TestResult

DIGITS = 2  # of points


def worth(report: Report, points: float) -> Report:
    """The report with `points` in all, shared out among its tests as the suite's own are.

    Each test is worth whole hundredths, and together they are worth exactly `points`: many readers
    add them up.
    """
    if not report.max_points:  # our own error: there is nothing to share out
        return report
    tests = tuple(_shared_out(report.tests, points / report.max_points))
    reached = round(sum(test.points for test in tests), DIGITS)
    return replace(report, tests=tests, points=reached, max_points=round(points, DIGITS))


def _shared_out(tests: Sequence[TestResult], factor: float) -> Iterator[TestResult]:
    before = 0.0
    for test in tests:
        after = before + test.max_points
        most = round(round(after * factor, DIGITS) - round(before * factor, DIGITS), DIGITS)
        share = test.points / test.max_points if test.max_points else 0.0
        yield replace(test, points=round(share * most, DIGITS), max_points=most)
        before = after
