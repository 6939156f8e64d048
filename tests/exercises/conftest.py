"""A small course in a temporary folder, which tests bend and break."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from exercises.catalog import Catalog, load_catalog
from exercises.course import Course

Entry = dict[str, Any]
TOPIC = "soft-lookup"


def exercise_entry(name: str, **changes: Any) -> Entry:
    entry: Entry = {
        "id": name,
        "title": f"Title of {name}",
        "summary": "What is built.",
        "topics": [TOPIC],
        "needs": [],
        "difficulty": 2,
        "entry": [name],
        "hints": ["A nudge?", "More.", "Nearly all."],
        "source": "Vaswani et al. 2017, section 3.2.1",
    }
    return entry | changes


class CourseFiles:
    """The files of a course, and the catalog that reads them."""

    def __init__(self, root: Path) -> None:
        self.course = Course.at(root)
        self.root = self.course.exercises

    def load(self) -> Catalog:
        return load_catalog(self.course)

    def _topic(self, chapter: str) -> str:
        """That of `exercise_entry` for the first chapter; topics are unique in a course."""
        others = any(file.parent.name != chapter for file in self.root.glob("*/chapter.yaml"))
        return f"topic-of-{chapter}" if others else TOPIC

    def add(self, chapter: str, *entries: Entry, **changes: Any) -> Path:
        """Write a chapter with its stubs; returns its chapter.yaml."""
        folder, topic = self.root / chapter, self._topic(chapter)
        folder.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                stub = f"def {entry['id']}():\n    raise NotImplementedError\n"
                (folder / f"{entry['id']}.py").write_text(stub)
        data = {
            "title": f"Title of {chapter}",
            "summary": "What the reader can do afterwards.",
            "topics": [{"id": topic, "title": "Soft lookup"}],
            "exercises": [
                entry | {"topics": [topic]} if entry.get("topics") == [TOPIC] else entry
                for entry in entries
            ],
        }
        file = folder / "chapter.yaml"
        file.write_text(yaml.safe_dump(data | changes, allow_unicode=True, sort_keys=False))
        return file


@pytest.fixture
def course(tmp_path: Path) -> CourseFiles:
    return CourseFiles(tmp_path / "course")


@pytest.fixture
def entry() -> Callable[..., Entry]:
    return exercise_entry
