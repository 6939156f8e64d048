"""How much there is to read in each topic, counted once for each version of a lesson.

`learn next` asks for it, and to parse all lessons takes longer than everything else that it does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from exercises.catalog import Chapter
from exercises.parsed_files import parsed


def topic_words(chapter: Chapter) -> dict[str, int]:
    """The words of each topic's sitting, by its id; 0 where there is no lesson yet."""
    words = dict.fromkeys((topic.id for topic in chapter.topics), 0)
    counted = _counted(chapter.lesson) if words else ()
    topics = chapter.topic_of_each(anchor for anchor, _ in counted)
    for topic, (_, count) in zip(topics, counted, strict=True):
        words[topic] += count
    return words


@cache
def _counted(lesson: Path) -> tuple[tuple[str | None, int], ...]:
    """Read once in a process: the app makes a plan after each answer."""
    return tuple(parsed(lesson, section_words)) if lesson.exists() else ()


def section_words(file: Path) -> list[tuple[str | None, int]]:
    """The anchor of each section, the introduction's first, and how many words it has."""
    from exercises.lesson import load_lesson, words_in

    every = load_lesson(file).all_sections
    return [(section.anchor, words_in(section.blocks)) for section in every]
