"""A small bank in a temporary folder, beside a small course."""

from pathlib import Path

import pytest
from small_bank import CHAPTER, TOPICS, Library, dump

from exercises.catalog import load_catalog


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "exercises" / CHAPTER
    folder.mkdir(parents=True)
    topics = [{"id": topic, "title": topic.title()} for topic in TOPICS]
    chapter = {"title": "Attention", "summary": "S.", "topics": topics, "exercises": []}
    (folder / "chapter.yaml").write_text(dump(chapter))
    return Library(tmp_path / "quizzes", load_catalog(folder.parent))
