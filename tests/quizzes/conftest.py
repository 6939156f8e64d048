"""A small bank in a temporary folder, beside a small course."""

from pathlib import Path

import pytest
from small_bank import CHAPTER, TOPICS, Library, dump

from exercises.catalog import load_catalog
from exercises.course import Course


@pytest.fixture
def library(tmp_path: Path) -> Library:
    course = Course.at(tmp_path)
    folder = course.exercises / CHAPTER
    folder.mkdir(parents=True)
    topics = [{"id": topic, "title": topic.title()} for topic in TOPICS]
    chapter = {"title": "Attention", "summary": "S.", "topics": topics, "exercises": []}
    (folder / "chapter.yaml").write_text(dump(chapter))
    return Library(load_catalog(course))
