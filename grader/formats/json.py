"""A report as JSON, in the form that `grader/report.schema.json` describes."""

import json

from grader.formats.facts import Found
from grader.report import Report


def render(found: Found) -> str:
    """One `report/v2`, or a list of them. What is not finite is null, since JSON has no NaN."""
    if isinstance(found, Report):
        data: object = found.to_dict()
    else:
        data = [report.to_dict() for report in found]
    return json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
