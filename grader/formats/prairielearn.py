"""Reports as PrairieLearn's `results.json`, for a question that is graded externally.

What is no Python file, or could not be graded through our fault, is `gradable: false` there, which
costs no attempt; so nothing is told of the tests then. PrairieLearn turns texts into HTML itself.
Source: PrairieLearn, `docs/externalGrading.md` and `pl-external-grader-results`.
"""

from collections.abc import Sequence

from exercises import strict_json
from grader.formats.facts import Found, account, listed, named, ours, overview, within
from grader.report import Report, TestResult, cut

MAX_BYTES = 1_000_000
UNREADABLE = ("syntax", "encoding", "size", "missing")  # the kinds of problem before any code runs


def render(found: Found) -> str:
    """One result for all reports; each test has points, since one without would hide them all."""
    return within(MAX_BYTES, lambda length: _document(listed(found), length))


def _document(reports: Sequence[Report], length: int) -> str:
    most = sum(report.max_points for report in reports)
    earned = sum(report.points for report in reports)
    unreadable = [message for report in reports if (message := _unreadable(report))]
    result: dict[str, object] = {
        "gradable": not unreadable,
        "score": earned / most if most and not unreadable else 0.0,
        "message": overview(reports),
    }
    if unreadable:
        result["format_errors"] = [cut(message, length) for message in unreadable]
    else:
        result["tests"] = [
            _test(test, report, length) for report in reports for test in report.tests
        ]
    return strict_json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _unreadable(report: Report) -> str:
    problem = report.problem
    return ours(report) or (problem.message if problem and problem.kind in UNREADABLE else "")


def _test(test: TestResult, report: Report, length: int) -> dict[str, object]:
    told = "" if test.outcome == "passed" else "\n".join(account(test, report))
    return {
        "name": f"{report.exercise}: {test.title}",
        "description": named(test),
        "points": test.points,
        "max_points": test.max_points,
        "message": cut(told, length),
        "output": cut(test.output, length),
    }
