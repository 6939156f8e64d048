"""A report as JSON, in the form that `grader/report.schema.json` describes."""

import json

from grader.report import Report


def render(report: Report) -> str:
    """`report/v2`. JSON knows no NaN and no infinity; they are written as null."""
    return (
        json.dumps(_finite(report.to_dict()), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
