"""How much there is to read in each topic, counted once for each version of a lesson.

`learn next` asks for it, and to parse all lessons takes longer than everything else that it does.
"""

from __future__ import annotations

from pathlib import Path

from exercises.catalog import Chapter
from exercises.parsed_files import parsed


def topic_words(chapter: Chapter) -> dict[str, int]:
    """The words of each topic's sitting, by its id; 0 where there is no lesson yet."""
    words = dict.fromkeys((topic.id for topic in chapter.topics), 0)
    counted = parsed(chapter.lesson, section_words) if words and chapter.lesson.exists() else []
    topics = chapter.topic_of_each(anchor for anchor, _ in counted)
    for topic, (_, count) in zip(topics, counted, strict=True):
        words[topic] += count
    return words


def section_words(file: Path) -> list[tuple[str | None, int]]:
    """The anchor of each section, the introduction's first, and how many words it has."""
    from exercises.lesson import load_lesson, words_in

    lesson = load_lesson(file)
    every = (lesson.introduction, *lesson.sections)
    return [(section.anchor, words_in(section.blocks)) for section in every]
