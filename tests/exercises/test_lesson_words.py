"""How much there is to read in a topic: what the minutes of a plan come from."""

from __future__ import annotations

from exercises.catalog import load_catalog
from exercises.lesson import load_lesson, parse, words_in
from exercises.lesson_words import topic_words


def test_each_topic_has_the_words_of_its_own_sitting() -> None:
    for chapter in load_catalog().chapters:
        lesson = load_lesson(chapter.lesson)
        sittings = {topic.id: lesson.of_topic(chapter, topic) for topic in chapter.topics}
        assert topic_words(chapter) == {
            topic: sum(words_in(section.blocks) for section in sections)
            for topic, sections in sittings.items()
        }
        assert sum(topic_words(chapter).values()) == words_in(lesson.blocks)


def test_code_and_the_insides_of_formulas_are_no_words() -> None:
    text = "# Title\n\nTwo words, $a + b$ and `x.sum()`.\n\n```python\nmany = more\n```\n"
    assert words_in(parse(text).blocks) == 5
