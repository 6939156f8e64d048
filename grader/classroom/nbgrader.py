"""Results as nbgrader exports grades, for scripts that read that.

nbgrader itself writes cells without quotes, so that a comma in a name moves the columns; here every
cell is quoted. Source: jupyter/nbgrader, `nbgrader/plugins/export.py`.
"""

import csv
import io
from collections.abc import Sequence

from grader.classroom.results import Result
from grader.classroom.sheet import harmless
from grader.errors import UsageError

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def table(results: Sequence[Result]) -> str:
    """A row for each result, in their order. Raises `UsageError` for what a row must have."""
    seen: dict[tuple[str, str], int] = {}
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in results:
        key = result.text("assignment"), result.id
        if key in seen:
            raise UsageError(
                f"Lines {seen[key]} and {result.line} of the results are both of {result.id!r}"
                f" in {key[0]!r}. Keep the one that counts."
            )
        seen[key] = result.line
        writer.writerow(_row(result))
    return file.getvalue()


def _row(result: Result) -> list[str]:
    if not result.text("assignment") or result.max_score is None:
        raise UsageError(f"Line {result.line} of the results lacks `assignment` or `max_score`.")
    score = result.score or 0.0  # nbgrader has 0 for what was not handed in
    told = {name: harmless(result.text(name)) for name in COLUMNS}
    told["student_id"] = harmless(result.id)
    told["raw_score"] = told["raw_score"] or str(score)
    told["late_submission_penalty"] = told["late_submission_penalty"] or "0.0"
    told |= {"score": str(score), "max_score": str(result.max_score)}
    return [told[name] for name in COLUMNS]
