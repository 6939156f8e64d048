"""Reports as the `results.json` of an Exercism test runner, version 3.

`error` is kept for where no test ran: then only the message is shown. Tests stand in the order of
the suite, since the first failure is what a learner sees. What a test called stands for its code,
which is hidden. Source: exercism/docs, `building/tooling/test-runners/interface.md`.
"""

from exercises import strict_json
from grader.formats.facts import Found, account, listed, ours
from grader.report import Report, TestResult, cut

MAX_MESSAGE = 65_535
MAX_OUTPUT = 500
TRUNCATED = "\nOutput was truncated. Please limit to 500 chars."
STATUS = {"passed": "pass", "failed": "fail", "error": "error"}


def render(found: Found) -> str:
    reports = listed(found)
    untested = [_untested(report) for report in reports]
    result: dict[str, object] = {"version": 3}
    if all(untested):
        message = cut("\n".join(untested), MAX_MESSAGE)
        result |= {"status": "error", "message": message, "tests": []}
    else:
        is_passed = all(report.passed for report in reports)
        tests = [test for report in reports for test in _tests(report, len(reports) > 1)]
        result |= {"status": "pass" if is_passed else "fail", "message": None, "tests": tests}
    return strict_json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _untested(report: Report) -> str:
    """Why no test of a report ran, where none did."""
    if report.problem:
        return "\n".join([ours(report) or report.problem.message, report.problem.code]).rstrip()
    return "" if report.tests else ours(report)


def _tests(report: Report, is_named: bool) -> list[dict[str, object]]:
    """With the exercise before each name, where there are several exercises."""
    if not report.tests:
        message = cut(ours(report), MAX_MESSAGE)
        return [{"name": report.exercise, "status": "error", "message": message}]
    before = f"{report.exercise}: " if is_named else ""
    return [_test(test, report, before) for test in report.tests]


def _test(test: TestResult, report: Report, before: str) -> dict[str, object]:
    told: dict[str, object] = {"name": before + test.title, "status": STATUS[test.outcome]}
    if test.call:
        told["test_code"] = cut(test.call, MAX_MESSAGE)
    if test.outcome != "passed":
        told["message"] = cut("\n".join(account(test, report)), MAX_MESSAGE)
    if test.output:
        told["output"] = _printed(test.output)
    return told


def _printed(output: str) -> str:
    if len(output) <= MAX_OUTPUT:
        return output
    return output[: MAX_OUTPUT - len(TRUNCATED)] + TRUNCATED
