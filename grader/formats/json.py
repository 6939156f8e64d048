"""A report as JSON, in the form that `grader/report.schema.json` describes."""

from exercises import strict_json
from grader.formats.facts import Found
from grader.report import Report


def render(found: Found) -> str:
    """One `report/v2`, or a list of them. What is not finite is null."""
    if isinstance(found, Report):
        data: object = found.to_dict()
    else:
        data = [report.to_dict() for report in found]
    return strict_json.dumps(data, indent=2, ensure_ascii=False) + "\n"
