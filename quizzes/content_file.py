"""A YAML file of the course that is a list of entries, each with an id of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from exercises.lesson import Section
from exercises.yaml_mapping import Fields

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def single_spaced(text: str) -> str:
    """Words are found wherever the lines of a text break."""
    return " ".join(text.split())


@dataclass(frozen=True)
class ContentFile:
    """`taken` says which file uses an id; files that share it have no id in common."""

    file: Path
    taken: dict[str, Path]
    chapter: str = ""
    topics: Collection[str] | None = None
    lesson: Callable[[], Collection[Section]] = tuple

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

    def after(self, fields: Fields) -> str | None:
        """The words in the lesson's section on the topic that a question waits for."""
        words = fields.optional("after")
        if words is None:
            return None
        topic = fields.text("topic")
        section = next((part for part in self.lesson() if part.anchor == topic), None)
        if section is None:
            raise fields.mistake(f"there is no section {topic} in a lesson to wait for", "after")
        texts = (single_spaced(block.text) for block in section.blocks)
        times = sum(text.count(single_spaced(words)) for text in texts)
        if times != 1:
            says = f"{words!r} must stand once in the section {topic} of the lesson, not {times}"
            raise fields.mistake(f"{says} times", "after")
        return words

    def _claim(self, fields: Fields, seen: set[str]) -> None:
        id = fields.text("id")
        if not ID.fullmatch(id):
            raise fields.mistake(f"{id!r} must be lower-case words joined by `-`", "id")
        user = self.file if id in seen else self.taken.setdefault(id, self.file)
        if id in seen or user != self.file:
            raise fields.mistake(f"{id!r} is already used in {user}", "id")
        seen.add(id)
