"""“This verdict is wrong”: one file with the answer, its report, and why its author thinks so."""

from exercises import strict_json
from grader.errors import UsageError
from grader.report import Report
from grader.submission import Submission

SCHEMA = "dispute/v1"
MOST_REASON = 4_000  # letters


def dispute(submission: Submission, report: Report, reason: str) -> str:
    """The file's text. Raises `UsageError` where there is nothing to dispute."""
    if report.passed:
        raise UsageError(
            f"{report.exercise} passes, so there is nothing to dispute. Numbers are drawn anew each"
            " time: where it fails for some, give the report's seed with --seed."
        )
    if not reason.strip() or len(reason) > MOST_REASON:
        raise UsageError(f"Say why the verdict is wrong, in 1 to {MOST_REASON:,} letters.")
    told = {
        "schema": SCHEMA,
        "exercise": submission.exercise,
        "reason": reason.strip(),
        "files": {name: _text(source) for name, source in submission.files().items()},
        "suite": report.provenance.suite_version if report.provenance else None,
        "report": report.to_dict(),
    }
    return strict_json.dumps(told, indent=1) + "\n"


def _text(source: str | bytes) -> str:
    """Bytes that are no UTF-8 are kept as halves of characters."""
    return source if isinstance(source, str) else source.decode("utf-8", "surrogateescape")
