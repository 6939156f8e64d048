"""Reports as Gradescope's `results.json`.

The score is the sum of the tests: a score of its own would override that. Every test is visible,
since a single hidden one would hide the total. Texts are plain: nothing in them is markup.
Source: gradescope/autograder_samples, `docs/specs.md`.
"""

from collections.abc import Sequence

from exercises import strict_json
from grader.formats.facts import Found, account, listed, named, ours, overview, why, within
from grader.report import Report, TestResult, cut

MAX_BYTES = 10_000_000  # Gradescope names no limit; nobody reads more


def render(found: Found) -> str:
    """One result for all reports; tests are numbered by exercise: 2.3 is the second one's third."""
    return within(MAX_BYTES, lambda length: _document(listed(found), length))


def _document(reports: Sequence[Report], length: int) -> str:
    tests = [
        _test(test, report, f"{chapter}.{number}", length)
        for chapter, report in enumerate(reports, start=1)
        for number, test in enumerate(report.tests, start=1)
    ]
    result: dict[str, object] = {
        "output": cut("\n\n".join([overview(reports), *map(_overview, reports)]), length),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "execution_time": sum(report.duration_ms for report in reports) / 1e3,
        "tests": tests,
    }
    if not tests:
        result["score"] = 0.0  # required where there are no tests
    return strict_json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def _overview(report: Report) -> str:
    says = ours(report) or (report.problem.message if report.problem else why(report))
    return f"{report.exercise}: {says or report.outcome}"


def _test(test: TestResult, report: Report, number: str, length: int) -> dict[str, object]:
    told = [] if test.outcome == "passed" else account(test, report)
    told += ["", "Your code printed:", test.output] if test.output else []
    return {
        "name": f"{report.exercise}: {test.title}",
        "number": number,
        "status": "passed" if test.outcome == "passed" else "failed",
        "score": test.points,
        "max_score": test.max_points,
        "output": cut("\n".join(told), length),
        "tags": [tag for tag in (report.exercise, named(test)) if tag],
        "extra_data": {"exercise": report.exercise, "test": test.name, "mistake": named(test)},
    }
