"""Writes what `settings.py` reads: `classroom.yaml`, and `assignment.yaml`, which may be shown."""

import json
from collections.abc import Mapping
from datetime import datetime

LATE = "{percent_per_day: 0, days: 7}   # what each day begun costs; after the last, all is lost"


def settings_text(
    title: str,
    points: Mapping[str, float],
    due: datetime | None = None,
    zone: str = "",
    course: str = "",
) -> str:
    """`due` is on the clock of `zone`; `course` is a folder as seen from the file."""
    lines = [f"title: {_quoted(title)}"]
    if course:
        lines.append(f"course: {_quoted(course)}")
    if due:
        lines += [f"zone: {zone}", f"due: {due:%Y-%m-%d %H:%M}", f"late: {LATE}"]
    lines.append("exercises:   # and their points")
    lines += [f"  {id}: {worth:.10g}" for id, worth in points.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text in JSON's quotes is one in YAML's, too."""
    return json.dumps(text, ensure_ascii=False)
