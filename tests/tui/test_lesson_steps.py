"""A lesson in steps: nothing is lost, nothing is parted that belongs together, places are found."""

from __future__ import annotations

import re

import pytest

from exercises.catalog import Chapter, load_catalog
from quizzes.bank import load_bank
from quizzes.questions import Question
from reference.lab import compute
from tui.checks import check_after
from tui.lab import setting
from tui.lesson import plain
from tui.lesson_steps import FigureCall, contents, find, steps

CHAPTERS = [chapter for chapter in load_catalog().chapters if chapter.lesson.exists()]
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)

LESSON = """# Title

Words before the first section.

## One {#one}

### Overview

A paragraph.

An example follows:

```python
>>> 1

2
```

> **Exercise** softmax — build it.

### Mathematics

> **Figure** masks kind=causal length=8 — Look at the corner.

## Two {#two}

No parts here.
"""


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


@every_chapter
def test_no_word_of_a_lesson_is_lost(chapter: Chapter) -> None:
    text = chapter.lesson.read_text("utf-8")
    code = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)
    parts = code.split(text)
    parts[::2] = [re.sub(r"^#{1,3} .*$", "", part, flags=re.MULTILINE) for part in parts[::2]]
    assert words(" ".join(step.text for step in steps(text))) == words("".join(parts))


@every_chapter
def test_steps_are_short_and_their_ids_unique(chapter: Chapter) -> None:
    found = steps(chapter.lesson.read_text("utf-8"))
    assert len({step.id for step in found}) == len(found)
    assert max(len(step.text.splitlines()) for step in found) <= 30
    assert all(step.text.strip() for step in found)


@every_chapter
def test_every_topic_has_steps_and_every_exercise_is_met(chapter: Chapter) -> None:
    found = steps(chapter.lesson.read_text("utf-8"))
    assert {topic.id for topic in chapter.topics} <= {step.section for step in found}
    met = {exercise for step in found for exercise in step.exercises}
    assert {exercise.id for exercise in chapter.exercises} == met


@every_chapter
def test_no_step_ends_with_an_announcement(chapter: Chapter) -> None:
    for step in steps(chapter.lesson.read_text("utf-8")):
        assert not step.text.rstrip().endswith(":"), step.id


def test_ids_say_where_a_step_is() -> None:
    found = steps(LESSON)
    assert [step.id for step in found] == [
        *("introduction/1", "one/overview/1", "one/mathematics/1", "two/1"),
    ]
    assert found[1].text.count("```") == 2
    assert found[1].exercises == ("softmax",)


def test_a_figure_is_a_call_and_no_prose() -> None:
    step = steps(LESSON)[2]
    settings = ("kind=causal", "length=8")
    assert step.figures == (FigureCall("masks", settings, "Look at the corner."),)
    assert step.prose == ""


@pytest.mark.parametrize(
    ("target", "place"),
    [("one/mathematics/1", 2), ("two", 3), ("one/overview/99", 1), ("gone/1", 0)],
)
def test_a_place_is_found_again_also_after_the_lesson_was_edited(target: str, place: int) -> None:
    assert find(steps(LESSON), target) == place


def test_the_contents_name_each_part_once() -> None:
    assert contents(steps(LESSON)) == [
        (0, "Introduction", ""),
        (1, "One", "Overview"),
        (2, "One", "Mathematics"),
        (3, "Two", ""),
    ]


@every_chapter
def test_every_figure_of_a_lesson_can_be_drawn(chapter: Chapter) -> None:
    for step in steps(chapter.lesson.read_text("utf-8")):
        assert "Figure**" not in step.prose, step.id
        for call in step.figures:
            assert compute(call.name, dict(map(setting, call.settings))).rows
            assert call.says


def test_in_a_plain_text_a_figure_is_a_command() -> None:
    shown = plain("> **Figure** masks kind=causal length=8 — Look at the corner.\n")
    assert shown == "> **Figure** `learn figure masks kind=causal length=8` — Look at the corner.\n"


# Which question follows which step.


def questions(chapter: Chapter) -> tuple[Question, ...]:
    return load_bank().chapter(chapter.id).questions


@every_chapter
def test_every_question_of_a_topic_is_asked_once_all_goes_well(chapter: Chapter) -> None:
    found, asked = steps(chapter.lesson.read_text("utf-8")), list[str]()
    for place in range(len(found)):
        question = check_after(found, place, questions(chapter), asked)
        if question:
            assert question.topic == found[place].section
            asked.append(question.id)
    for topic in chapter.topics:
        of_topic = sum(step.section == topic.id for step in found)
        available = sum(q.topic == topic.id for q in questions(chapter))
        met = sum(q.topic == topic.id for q in questions(chapter) if q.id in asked)
        assert met == min(of_topic, available), topic.id


@every_chapter
def test_the_easy_ones_come_first_and_a_wrong_one_comes_back(chapter: Chapter) -> None:
    found = steps(chapter.lesson.read_text("utf-8"))
    topic = chapter.topics[0].id
    places = [place for place, step in enumerate(found) if step.section == topic]
    about = [q for q in questions(chapter) if q.topic == topic]
    asked = [check_after(found, place, questions(chapter), ()) for place in places]
    first = next(question for question in asked if question)
    assert first.difficulty == min(q.difficulty for q in about)
    # Nothing was answered right, so it is the same question again and again.
    assert {question.id for question in asked if question} == {first.id}


@every_chapter
def test_nothing_is_asked_that_was_answered_right(chapter: Chapter) -> None:
    found = steps(chapter.lesson.read_text("utf-8"))
    right = {question.id for question in questions(chapter)}
    for place in range(len(found)):
        assert check_after(found, place, questions(chapter), right) is None
