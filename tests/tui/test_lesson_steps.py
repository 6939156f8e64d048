"""A lesson in steps: nothing is lost, nothing is parted that belongs together, places are found."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from learners import chapter as made_chapter

from exercises.catalog import Chapter, load_catalog
from exercises.lesson import FigureCall, load_lesson, parse
from quizzes.bank import load_bank
from quizzes.questions.question import Asked, Gap, Question, Verdict
from reference.figures.serve import compute
from tui.figures.lab_process import setting
from tui.study.lesson_questions import check_after, first_places
from tui.study.lesson_reading import LessonReading
from tui.text.lesson_markdown import figure_calls, plain
from tui.text.lesson_pages import LessonStep, contents, find, steps

CHAPTERS = [chapter for chapter in load_catalog().chapters if chapter.lesson.exists()]
NO_TOPICS = made_chapter("ch01_part", 1)
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
    assert words(" ".join(step.text for step in steps(parse(text), NO_TOPICS))) == words(
        "".join(parts)
    )


@every_chapter
def test_steps_are_short_and_their_ids_unique(chapter: Chapter) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    assert len({step.id for step in found}) == len(found)
    assert max(len(step.text.splitlines()) for step in found) <= 30
    assert all(step.text.strip() for step in found)


@every_chapter
def test_every_topic_has_steps_and_every_exercise_is_met(chapter: Chapter) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    assert {topic.id for topic in chapter.topics} <= {step.section for step in found}
    met = {exercise for step in found for exercise in step.exercises}
    assert {exercise.id for exercise in chapter.exercises} == met


@every_chapter
def test_no_step_ends_with_an_announcement(chapter: Chapter) -> None:
    for step in steps(load_lesson(chapter.lesson), chapter):
        assert not step.text.rstrip("* \n").endswith(":"), step.id


def test_ids_say_where_a_step_is() -> None:
    found = steps(parse(LESSON), NO_TOPICS)
    assert [step.id for step in found] == [
        *("introduction/1", "one/overview/1", "one/mathematics/1", "two/1"),
    ]
    assert found[1].text.count("```") == 2
    assert found[1].exercises == ("softmax",)


def test_a_figure_is_a_call_and_no_prose() -> None:
    step = steps(parse(LESSON), NO_TOPICS)[2]
    settings = ("kind=causal", "length=8")
    assert step.figures == (FigureCall("masks", settings, "Look at the corner."),)
    assert step.flow == step.figures


@pytest.mark.parametrize(
    ("target", "place"),
    [("one/mathematics/1", 2), ("two", 3), ("one/overview/99", 1), ("gone/1", 0)],
)
def test_a_place_is_found_again_also_after_the_lesson_was_edited(target: str, place: int) -> None:
    assert find(steps(parse(LESSON), NO_TOPICS), target) == place


def test_a_mistake_is_found_where_its_section_lists_it() -> None:
    table = "| you see | the mistake |\n|---|---|\n| 4 | a slip (`slip`) |"
    text = f"## One {{#one}}\n\n### Overview\n\nFirst.\n\n### Mathematics\n\n{table}\n"
    found = steps(parse(text), NO_TOPICS)
    assert "a slip" in found[find(found, "one", "slip")].text
    assert find(found, "one", "unlisted") == find(found, "one") == 0 < find(found, "one", "slip")


def test_the_contents_name_each_part_once() -> None:
    assert contents(steps(parse(LESSON), NO_TOPICS)) == [
        (0, "Introduction", ""),
        (1, "One", "Overview"),
        (2, "One", "Mathematics"),
        (3, "Two", ""),
    ]


@every_chapter
def test_every_figure_of_a_lesson_can_be_drawn(chapter: Chapter) -> None:
    for step in steps(load_lesson(chapter.lesson), chapter):
        assert not any("Figure**" in part for part in step.flow if isinstance(part, str)), step.id
        for call in step.figures:
            assert compute(call.name, dict(map(setting, call.settings))).rows
            assert call.says


def test_in_a_plain_text_a_figure_is_a_drawing_or_else_a_command() -> None:
    line = "> **Figure** masks kind=causal length=8 — Look at the corner."
    call = FigureCall("masks", ("kind=causal", "length=8"), "Look at the corner.")
    assert figure_calls(f"{line}\n```text\n{line}\n```\n") == (call,)
    shown = plain(line, {call: "▓░"})
    assert shown == "Look at the corner.\n\n```text\n▓░\n```"
    shown = plain(line)
    assert shown == "> **Figure** `learn figure masks kind=causal length=8` — Look at the corner."


def test_text_and_figures_keep_their_order() -> None:
    text = "# T\n\nBefore:\n\n> **Figure** masks — Look.\n\nand after.\n"
    (step,) = steps(parse(text), NO_TOPICS)
    assert step.flow == ("Before:", FigureCall("masks", (), "Look."), "and after.")


# Which question follows which step.


def opened(chapter: Chapter, found: tuple[LessonStep, ...]) -> LessonReading:
    """A lesson that nobody has read yet."""
    return LessonReading(chapter, found, questions(chapter), right=set(), seen=set(), at=0, seed=7)


def questions(chapter: Chapter) -> tuple[Question, ...]:
    return load_bank().chapter(chapter.id).questions


def read_through(chapter: Chapter, knows: bool) -> dict[int, Question]:
    """What one reading asks, by the step, when all or nothing is answered right."""
    found = steps(load_lesson(chapter.lesson), chapter)
    right, asked = set[str](), dict[int, str]()
    met: dict[int, Question] = {}
    for place in range(len(found)):
        question = check_after(found, place, questions(chapter), right, asked)
        if question:
            met[place] = question
            asked[place] = question.id
            right |= {question.id} if knows else set()
    return met


@every_chapter
@pytest.mark.parametrize("knows", [True, False])
def test_no_question_comes_before_its_material(chapter: Chapter, knows: bool) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    for place, question in read_through(chapter, knows).items():
        read = [step.text for step in found[: place + 1] if step.section == question.topic]
        assert question.topic == found[place].section
        assert " ".join((question.after or "").split()) in " ".join(" ".join(read).split())


@every_chapter
def test_every_question_waits_for_a_step_of_its_section(chapter: Chapter) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    for topic in chapter.topics:
        about = [question for question in questions(chapter) if question.topic == topic.id]
        for id, place in first_places(found, about).items():
            assert found[place].section == topic.id, id


@every_chapter
def test_nearly_every_step_of_a_topic_is_followed_by_a_question(chapter: Chapter) -> None:
    found, met = steps(load_lesson(chapter.lesson), chapter), read_through(chapter, knows=True)
    assert len(met) == len({question.id for question in met.values()})
    for topic in chapter.topics:
        places = [place for place, step in enumerate(found) if step.section == topic.id]
        assert sum(place not in met for place in places) <= 1, topic.id


@every_chapter
def test_what_was_answered_wrongly_comes_back_neither_soon_nor_often(chapter: Chapter) -> None:
    places: dict[str, list[int]] = {}
    for place, question in read_through(chapter, knows=False).items():
        places.setdefault(question.id, []).append(place)
    assert max(map(len, places.values())) == 3
    gaps = [b - a for at in places.values() for a, b in pairwise(at)]
    assert min(gaps) == 3


@every_chapter
def test_nothing_is_asked_that_was_answered_right(chapter: Chapter) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    right = {question.id for question in questions(chapter)}
    for place in range(len(found)):
        assert check_after(found, place, questions(chapter), right) is None


@every_chapter
def test_to_look_at_a_lesson_changes_nothing_in_it(chapter: Chapter) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    lesson = opened(chapter, found)
    seen: dict[int, Asked | None] = {}
    for place in (*range(len(found)), *reversed(range(len(found)))):
        lesson.at = place
        assert seen.setdefault(place, lesson.question) == lesson.question
    assert any(seen.values())
    assert lesson == opened(chapter, found)


@every_chapter
def test_an_answer_is_taken_once_and_the_next_question_has_new_numbers(chapter: Chapter) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)
    lesson = opened(chapter, found)
    lesson.at = next(place for place in range(len(found)) if _asks(lesson, place))
    asked = lesson.question
    assert asked
    lesson.take(asked.question.id, Verdict(True, (), ""))
    assert lesson.question is None
    assert (lesson.right, lesson.seed) == ({asked.question.id}, 8)
    assert lesson.answered == {lesson.at: asked.question.id}


def _asks(lesson: LessonReading, place: int) -> bool:
    lesson.at = place
    return lesson.question is not None


FOUR_STEPS = "## One {#one}\n\n" + "\n\n".join(
    f"Part {number}.\n" + "word " * 250 for number in range(4)
)


def asks(id: str, difficulty: int, after: str | None = None) -> Question:
    body = Gap("", (), ("x",))
    return Question(id, "", "one", difficulty, "gap", "____", body, {}, after=after)


def test_questions_that_wait_for_nothing_are_spread_the_easy_ones_first() -> None:
    found = steps(parse(FOUR_STEPS), NO_TOPICS)
    assert len(found) == 4
    assert first_places(found, [asks("hard", 3), asks("easy", 1)]) == {"easy": 1, "hard": 3}


def test_the_latest_material_is_asked_first_and_there_the_easiest() -> None:
    found = steps(parse(FOUR_STEPS), NO_TOPICS)
    pool = [asks("old", 1, "Part 0."), asks("new", 3, "Part 2."), asks("easy", 2, "Part\n2.")]
    asked = [check_after(found, place, pool, ()) for place in range(4)]
    assert [question and question.id for question in asked] == ["old", "old", "easy", "easy"]


def test_the_same_step_asks_the_same_question_again() -> None:
    found, pool = (
        steps(parse(FOUR_STEPS), NO_TOPICS),
        [asks("a", 1, "Part 0."), asks("b", 2, "Part 0.")],
    )
    assert check_after(found, 0, pool, (), {0: "a"}) is pool[0]
    assert check_after(found, 1, pool, (), {0: "a"}) is pool[1]


def test_what_a_sentence_announces_stands_on_its_page() -> None:
    """So that no question comes between the two."""
    for chapter in load_catalog().chapters:
        found = steps(load_lesson(chapter.lesson), chapter)
        for step, after in pairwise(found):
            if (step.section, step.part) == (after.section, after.part):
                assert not re.search(r"(:|\bfollows?\.)\s*$", step.text), step.id
