"""JSON lines: an object a line, and the place of each, so that a mistake is told with its line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError


@dataclass(frozen=True)
class Line:
    number: int
    where: str  # as in "results.jsonl, line 3"
    data: dict[str, Any]

    def person(self, name: str) -> str:
        """The id of a person in the field `name`. Raises `UsageError` where there is none."""
        id = self.data.get(name)
        if isinstance(id, bool) or not isinstance(id, str | int) or not str(id).strip():
            raise UsageError(f"{self.where}: `{name}` must be a text or a whole number.")
        return str(id).strip()


def read_lines(file: Path, example: str) -> Iterator[Line]:
    """In the order of the file, without empty lines. `example` is an object as it should be.

    Raises `UsageError` for what is no object.
    """
    try:
        # Not line by line: a text may hold other line ends, and only "\n" ends an object.
        texts = file.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise UsageError(f"{file.name} is not UTF-8.") from None
    for number, text in enumerate(texts, start=1):
        if text.strip():
            where = f"{file.name}, line {number}"
            yield Line(number, where, _object(text, where, example))


def _object(text: str, where: str, example: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"{where} is no JSON. Each line must be one object.") from None
    if not isinstance(data, dict):
        raise UsageError(f"{where} must be an object, such as {example}.")
    return data
