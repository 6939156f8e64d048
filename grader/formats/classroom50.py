"""Reports as the `result.json` of Classroom 50, `classroom50/result/v1`.

The runner adds the owner, the kind of assignment and the times itself, over what may stand there. A
result without any test would count as a success, so what could not be graded is a test, too.
Source: foundation50/classroom50, `schemas/result-v1.schema.json` and `runner.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exercises import strict_json
from grader.formats.facts import Found, account, listed, named, ours, within
from grader.formats.names import Names
from grader.report import Report, TestResult, cut

# What tells which submission it is: the field, and the runner's variable.
IDENTITY = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 100  # bytes
FRACTION = 100  # Classroom 50 has whole points only; halves and the like count in hundredths


def render(found: Found, identity: Mapping[str, str]) -> str:
    """One result for all reports. `identity` has the fields of `IDENTITY`."""
    return within(MAX_BYTES, lambda length: _document(listed(found), identity, length))


def _document(reports: Sequence[Report], identity: Mapping[str, str], length: int) -> str:
    names = Names(MAX_NAME)
    unit = _unit(reports)
    tests = [
        _test(test, report, names, unit, length) for report in reports for test in report.tests
    ]
    tests += [_ungraded(report, names, length) for report in reports if not report.tests]
    result = {
        "schema": "classroom50/result/v1",
        **{field: identity[field] for field in IDENTITY},
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return strict_json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _test(test: TestResult, report: Report, names: Names, unit: int, length: int) -> dict[str, Any]:
    told = [] if test.outcome == "passed" else account(test, report)
    return {
        "test-name": names.own(f"{report.exercise}: {test.title}"),
        "passed": test.outcome == "passed",
        "score": round(test.points * unit),
        "max-score": round(test.max_points * unit),
        "exercise": report.exercise,
        "mistake": named(test),
        "message": cut("\n".join(told), length),
    }


def _ungraded(report: Report, names: Names, length: int) -> dict[str, Any]:
    return {
        "test-name": names.own(f"{report.exercise}: could not be graded"),
        "passed": False,
        "score": 0,
        "max-score": 0,
        "exercise": report.exercise,
        "mistake": "",
        "message": cut(ours(report), length),
    }


def _unit(reports: Sequence[Report]) -> int:
    """What a point counts: 1, or 100 where some test is worth a fraction of one."""
    worth = [test.max_points for report in reports for test in report.tests]
    return 1 if all(float(points).is_integer() for points in worth) else FRACTION
