"""A YAML file of the course that is a list of entries, each with an id of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from exercises.fields import Fields

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Source:
    """`taken` says which file uses an id; sources that share it have no id in common."""

    file: Path
    taken: dict[str, Path]
    chapter: str = ""
    topics: Collection[str] | None = None

    def entries(self) -> Iterator[Fields]:
        """Each entry; one whose keys were not all read is a mistake. No file, no entries."""
        if not self.file.exists():
            return
        seen: set[str] = set()
        for fields in Fields.each_of_file(self.file):
            self._claim(fields, seen)
            yield fields
            fields.finish()

    def topic(self, fields: Fields) -> str:
        topic = fields.text("topic")
        if self.topics is not None and topic not in self.topics:
            known = ", ".join(self.topics)
            raise fields.mistake(f"{topic!r} is no topic of this chapter ({known})", "topic")
        return topic

    def _claim(self, fields: Fields, seen: set[str]) -> None:
        id = fields.text("id")
        if not ID.fullmatch(id):
            raise fields.mistake(f"{id!r} must be lower-case words joined by `-`", "id")
        user = self.file if id in seen else self.taken.setdefault(id, self.file)
        if id in seen or user != self.file:
            raise fields.mistake(f"{id!r} is already used in {user}", "id")
        seen.add(id)
