"""Read: step by step, with questions, a bookmark, and an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from answer_keys import right_keys, wrong_keys
from driving import NOW
from textual.widgets import Input

from exercises.catalog import load_catalog
from exercises.lesson import load_lesson
from exercises.lesson_words import topic_words
from quizzes.bank import load_bank
from tui.app.screens.contents import ContentsScreen
from tui.app.screens.read import ReadPage
from tui.app.widgets.question_view import QuestionView
from tui.app.widgets.topic_end import TopicEnd
from tui.planning import estimates
from tui.study.lesson_questions import check_after
from tui.study.targets import LessonTarget
from tui.text.lesson_pages import steps

Drive = Callable[..., None]

CHAPTER = load_catalog().chapters[0]
STEPS = steps(load_lesson(CHAPTER.lesson), CHAPTER)
TOPIC = CHAPTER.topics[0].id
QUESTIONS = load_bank().chapter(CHAPTER.id).questions
# The first step that a question follows.
ASKED = next(place for place in range(len(STEPS)) if check_after(STEPS, place, QUESTIONS, ()))
FIRST = [step for step in STEPS if step.topic == TOPIC]


def at(place: int) -> str:
    """Where in its topic a step is, as the head says it."""
    own = [step for step in STEPS if step.topic == STEPS[place].topic]
    return f" {own.index(STEPS[place]) + 1}/{len(own)}"


def test_the_first_step_is_shown_with_its_place(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "r")
        assert isinstance(driver.app.screen, ReadPage)
        assert "1 · Introduction" in driver.text
        assert at(0) in driver.text
        assert "After this chapter you can" in driver.text
        assert "$" not in driver.text and "{#" not in driver.text

    drive(script, size)


def test_space_turns_a_page_before_it_goes_on(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget("implementation/overview/2"))
        assert driver.app.screen.query_one("#text").max_scroll_y > 0
        before = driver.text.splitlines()[2]
        await driver.press("space")
        assert driver.text.splitlines()[2] == before
        for _ in range(4):
            await driver.press("space")
        assert driver.text.splitlines()[2] != before

    drive(script)


def test_no_space_is_wasted_on_the_line_that_says_what_it_does(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read")
        rows = driver.app.screen.query_one("#page").size.height
        around = 5  # the bars, the head, and the blank lines
        await driver.pilot.resize_terminal(80, rows + around - 2)
        await driver.settle()
        assert driver.app.screen.query_one("#text").max_scroll_y == 2
        await driver.press("space")
        assert at(1) in driver.text

    drive(script)


def test_a_question_follows_its_step(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[ASKED].id))
        assert "Space: a question" in driver.text or size == (80, 24)
        await driver.press("n")
        view = driver.one(QuestionView)
        assert view.asked.question.topic == TOPIC
        await driver.press(*right_keys(view.asked))
        assert "✓ Right." in driver.text
        await driver.press("n")
        assert not driver.app.screen.query(QuestionView)
        assert at(ASKED + 1) in driver.text

    drive(script, size)


def test_a_wrong_answer_is_explained_and_asked_again_three_steps_later(
    drive: Drive, session: Any
) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[ASKED].id))
        await driver.press("n")
        asked = driver.one(QuestionView).asked
        await driver.press(*wrong_keys(asked))
        assert "✗ Not right." in driver.text and "question, again" not in driver.text
        while at(ASKED + 3) not in driver.text:
            await driver.press("n")
            if driver.app.screen.query(QuestionView):
                view = driver.one(QuestionView)
                assert view.asked.question != asked.question
                await driver.press(*right_keys(view.asked))
        await driver.press("n")
        assert driver.one(QuestionView).asked.question == asked.question
        assert "question, again" in driver.text

    drive(script)
    with session() as opened:
        kept = [one for one in opened.progress.answers.all() if not one.right]
        assert [one.context for one in kept] == ["lesson"]


def test_who_does_not_know_sees_the_answer_and_may_try_again(drive: Drive, session: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[ASKED].id))
        await driver.press("n")
        assert "^g Don't know" in driver.text.splitlines()[-1]
        asked = driver.one(QuestionView).asked
        await driver.press("ctrl+g")
        assert "○ Not known yet." in driver.text and "Not right." not in driver.text
        assert "t Try again" in driver.text.splitlines()[-1]
        await driver.press("t")
        again = driver.one(QuestionView)
        assert again.asked.question == asked.question and again.verdict is None
        await driver.press(*right_keys(again.asked))
        assert "✓ Right." in driver.text
        assert "Try again" not in driver.text.splitlines()[-1]

    drive(script)
    with session() as opened:
        kept = [(one.answer, one.right) for one in opened.progress.answers.all()]
        assert kept[0] == ("?", False) and kept[1][1]


def test_what_is_not_in_the_form_of_an_answer_costs_nothing(drive: Drive, session: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[ASKED].id))
        await driver.press("n", "enter")
        assert driver.one(QuestionView).verdict is None
        assert driver.app.screen.query(".problem")

    drive(script)
    with session() as opened:
        assert opened.progress.answers.count() == 0


def test_back_goes_back_and_does_not_ask_again(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[ASKED].id))
        await driver.press("n")
        await driver.press(*right_keys(driver.one(QuestionView).asked))
        await driver.press("b")
        assert at(ASKED) in driver.text
        await driver.press("n")
        assert at(ASKED + 1) in driver.text
        await driver.press("b", "b")
        assert at(ASKED - 1) in driver.text

    drive(script)


def test_looking_at_steps_asks_nothing(drive: Drive, session: Any) -> None:
    """By the contents there and back, some questions put and left without an answer."""

    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(CHAPTER.id))
        lesson = driver.app.screen._lesson
        seed = lesson.seed
        for place in (*range(0, len(STEPS), 6), ASKED, *reversed(range(0, len(STEPS), 9))):
            await driver.app.screen._jump(place)
            if place == ASKED:
                await driver.press("end", "space")
                assert driver.one(QuestionView)
                await driver.press("escape")
        assert (lesson.answered, lesson.seed) == ({}, seed)

    drive(script)
    with session() as opened:
        assert opened.progress.answers.count() == 0


def test_what_is_typed_is_there_again_after_a_look_back(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        typed, place = 0, 0
        while not typed and place < len(STEPS):
            await driver.go("read", LessonTarget(CHAPTER.id))
            await driver.app.screen._jump(place)
            await driver.press("end", "space")
            fields = driver.app.screen.query(Input)
            place, typed = place + 1, len(fields)
        await driver.type("16")
        await driver.press("escape")
        assert not driver.app.screen.query(QuestionView)
        await driver.press("end", "space")
        assert driver.one(Input).value == "16"

    drive(script)


def test_what_space_does_is_said_as_it_is(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[ASKED].id))
        await driver.press("end")
        assert "Space: a question" in driver.text
        await driver.press("space")
        await driver.press(*right_keys(driver.one(QuestionView).asked))
        await driver.press("b", "end")
        assert "Space: continue" in driver.text
        await driver.press("space")
        assert at(ASKED + 1) in driver.text

    drive(script)


def test_reading_goes_on_where_it_stopped(drive: Drive) -> None:
    async def stop(driver: Any) -> None:
        await driver.go("read", LessonTarget("soft-lookup/mathematics/2"))

    async def go_on(driver: Any) -> None:
        await driver.press("g", "r")
        assert "Query, key and value as a soft lookup · Overview" in driver.text

    drive(stop)
    drive(go_on)


def test_today_says_where_reading_goes_on(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(TOPIC, resume=True))
        for place in range(1, 3):
            await driver.app.screen._jump(place)
        await driver.app.screen._jump(0)
        await driver.go("today")
        assert f"Continue · step 3 of {len(FIRST)}" in driver.text
        minutes = estimates.reading(topic_words(CHAPTER)[TOPIC]) * (1 - 2 / len(FIRST))
        assert f"about {minutes:.0f} minute" in driver.text
        assert "Continue" in driver.text.splitlines()[-1]
        await driver.press("enter")
        assert at(2) in driver.text

    drive(script)


async def to_the_end_of_the_topic(driver: Any) -> None:
    """By Space alone, without knowing the answer to any question."""
    for _ in range(200):
        if driver.app.screen.query(TopicEnd):
            return
        asking = driver.app.screen.query(QuestionView)
        is_open = asking and asking.first().verdict is None
        await driver.press(*(("ctrl+g",) if is_open else ("end", "space")))
    pytest.fail("the topic has no end")


def test_a_topic_that_was_read_leads_to_its_exercise(drive: Drive, session: Any) -> None:
    exercise = CHAPTER.exercises_of(TOPIC)[0]

    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(TOPIC, resume=True))
        await to_the_end_of_the_topic(driver)
        assert "Next: an exercise" in driver.text and exercise.title in driver.text
        await driver.press("space")
        assert type(driver.app.screen).__name__ == "ExercisePage"

    drive(script)
    with session() as opened:
        assert opened.progress.standing().read == {TOPIC}


@pytest.mark.parametrize("keys", [("end", "space"), ("b", "b", "end", "n"), ("enter",)])
def test_what_was_not_on_the_screen_is_not_read(drive: Drive, session: Any, keys: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(STEPS[-1].id))
        await driver.press(*keys)
        await to_the_end_of_the_topic(driver)
        assert "It is not counted as read yet" in " ".join(driver.text.split())
        await driver.press("space")
        assert type(driver.app.screen).__name__ == "TodayPage"

    drive(script)
    with session() as opened:
        assert opened.progress.standing().read == frozenset()


def test_a_look_back_leaves_the_place_where_reading_goes_on(drive: Drive, session: Any) -> None:
    with session() as opened:
        opened.progress.mark_read(TOPIC, NOW)
    place = next(place for place, step in enumerate(STEPS) if step.topic == CHAPTER.topics[1].id)

    async def read(driver: Any) -> None:
        await driver.go("read", LessonTarget(CHAPTER.topics[1].id, resume=True))
        await driver.app.screen._jump(place + 1)
        await driver.go("read", LessonTarget(TOPIC))
        assert STEPS[driver.app.screen._lesson.at].section == TOPIC

    async def later(driver: Any) -> None:
        await driver.press("g", "r")
        assert at(place + 1) in driver.text

    drive(read)
    drive(later)


def test_the_contents_lead_to_a_section(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(TOPIC))
        await driver.press("c")
        assert isinstance(driver.app.screen, ContentsScreen)
        assert "↑↓ Move" in driver.text.splitlines()[-1]
        await driver.press("j", "enter")
        assert "· Mathematics" in driver.text.splitlines()[2]
        await driver.press("c", "escape")
        assert isinstance(driver.app.screen, ReadPage)

    drive(script, size)


def test_the_exercise_of_a_step_is_one_key_away(drive: Drive) -> None:
    place = next(step for step in STEPS if step.exercises)

    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(place.id))
        assert "Exercise" in driver.text.splitlines()[-1]
        await driver.press("x")
        assert type(driver.app.screen).__name__ == "ExercisePage"

    drive(script)


@pytest.mark.usefixtures("warm_lab")
def test_a_figure_is_drawn_and_leads_to_the_lab(drive: Drive, size: Any) -> None:
    place = next(step for step in STEPS if step.figures)

    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(place.id))
        assert "░" in driver.text and "0.865" in driver.text
        await driver.press("l")
        assert type(driver.app.screen).__name__ == "LabPage"
        assert driver.app.screen._settings()["temperature"] == 0.5

    drive(script, size)


@pytest.mark.parametrize("target", ["nowhere", "nowhere/overview/1"])
def test_a_place_that_does_not_exist_is_told(drive: Drive, target: str) -> None:
    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(target))
        assert f"no lesson or section {target}" in " ".join(
            notification.message for notification in driver.app._notifications
        )

    drive(script)


@pytest.mark.slow
@pytest.mark.usefixtures("warm_lab")
@pytest.mark.parametrize("chapter", load_catalog().chapters, ids=lambda chapter: chapter.id)
def test_every_step_can_be_read(drive: Drive, chapter: Any) -> None:
    found = steps(load_lesson(chapter.lesson), chapter)

    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(chapter.id))
        for place in range(1, len(found) + 1):
            assert driver.app.screen._lesson.at == place - 1
            assert found[place - 1].title.split()[0] in driver.text
            if place < len(found):
                await driver.app.screen._jump(place)
                await driver.settle()

    drive(script)


def test_the_contents_lead_to_another_chapter(drive: Drive, size: Any) -> None:
    """By its place above the sections, and to where reading goes on in it."""
    other = load_catalog().chapters[1]

    async def script(driver: Any) -> None:
        await driver.go("read", LessonTarget(TOPIC))
        await driver.press("c", "home")
        assert f"Chapter {other.number} · {other.title}" in driver.text
        await driver.press("enter")
        assert not isinstance(driver.app.screen, ContentsScreen)
        assert driver.text.splitlines()[2].split()[0] == str(other.number)

    drive(script, size)
