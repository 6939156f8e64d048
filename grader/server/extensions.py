"""Extensions, written into `classroom.yaml` where they always stand."""

import json
import re
from datetime import datetime
from typing import Any

import yaml

from grader.errors import UsageError
from grader.server.members import classroom

FORM = "%Y-%m-%d %H:%M"
BLOCK = re.compile(r"^extensions[ \t]*:.*\n?(?:[ \t-].*\n?)*", re.MULTILINE)


def with_extension(settings: str, student: str, due: str) -> str:
    """The settings with another due date for the student, on the class's clock; "" takes it back.

    Reasons of others stay. Raises `UsageError` for what is no time, and for settings that are
    written in a way that only a person can change.
    """
    before = classroom(settings)
    if not before.due:
        raise UsageError("The class has no due date that could be extended.")
    wanted = {other: at for other, at in before.extensions.items() if other != student}
    if due:
        wanted[student] = _moment(due).replace(tzinfo=before.due.tzinfo)
    reasons = {one["student"]: one.get("reason") for one in _entries(settings)}
    lines = [_entry(name, at, reasons.get(name)) for name, at in wanted.items()]
    block = "".join(["extensions:\n", *lines]) if lines else ""
    text = BLOCK.sub("", settings).rstrip("\n") + f"\n{block}"
    after = classroom(text)
    if after.extensions != wanted or after.points != before.points:
        raise UsageError("classroom.yaml cannot be changed here. Write the extension into it.")
    return text


def _entries(settings: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(settings).get("extensions") or []
    return found


def _entry(student: str, due: datetime, reason: object) -> str:
    told = f", reason: {json.dumps(reason, ensure_ascii=False)}" if reason else ""
    return f"  - {{student: {json.dumps(student, ensure_ascii=False)}, due: {due:{FORM}}{told}}}\n"


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text.replace("T", " "), FORM)
    except ValueError:
        raise UsageError("A time is written as 2026-12-05 23:59.") from None
