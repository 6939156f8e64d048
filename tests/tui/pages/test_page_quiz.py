"""Quiz: choose, answer, see the score and what to revisit."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from answer_keys import right_keys, wrong_keys
from driving import NOW

from exercises.catalog import load_catalog
from exercises.lesson_words import topic_words
from quizzes.bank import load_bank
from quizzes.questions.question import KINDS
from quizzes.questions.sitting import SITTING
from tui.app.screens.quiz import QuizPage
from tui.app.widgets.question_view import QuestionView
from tui.planning import estimates
from tui.progress.progress import Attempt
from tui.study.rounds import begin_round
from tui.study.targets import PrerequisitesTarget, QuizTarget, TestOutTarget

Drive = Callable[..., None]
CHAPTER = load_catalog().chapters[0]


async def answer_all(driver: Any, keys: Callable[[Any], list[str]]) -> int:
    """Answer until the round is over; returns how many questions there were."""
    count = 0
    while driver.app.screen.query(QuestionView):
        await driver.press(*keys(driver.one(QuestionView).asked), "n")
        count += 1
    return count


def test_the_menu_offers_chapters_prerequisites_and_testing_out(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "q")
        assert isinstance(driver.app.screen, QuizPage)
        for line in ("What you have read", "Chapter 1: ", "before chapter 1", "Test"):
            assert line in driver.text
        await driver.press("down", "enter")
        assert f"Question 1 of {SITTING}" in driver.text

    drive(script, size)


def test_all_that_a_quiz_can_be_about_is_seen_at_once(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "q")
        assert "What you have read" in driver.text and "The final exam" in driver.text
        await driver.press("G", "up", "enter", "down", "enter")
        assert driver.text.splitlines()[2].strip().startswith("Question 1 of")
        assert "must be right" in driver.text
        await driver.press("escape", "escape", "G", "enter", "G", "up", "enter", "G", "enter")
        assert "What shall the questions be about?" in driver.text

    drive(script)


def test_a_testout_is_not_ended_by_a_slip(drive: Drive, session: Any) -> None:
    """Only the whole of it counts: who leaves is told how much is open, once a question."""

    async def script(driver: Any) -> None:
        def told() -> list[str]:
            return [note.message for note in driver.app._notifications]

        await driver.go("quiz", TestOutTarget(CHAPTER.id))
        await driver.press("escape")
        assert "Question 1 of 14" in driver.text and "14 of 14 questions are open" in told()[-1]
        await driver.press(*right_keys(driver.one(QuestionView).asked), "n", "escape")
        assert "Question 2 of 14" in driver.text and "13 of 14 questions are open" in told()[-1]
        await driver.press("escape")
        assert "1 of 1 right. It was not answered to its end" in " ".join(driver.text.split())

    drive(script)
    with session() as opened:
        assert opened.progress.answers.tested_out() == frozenset()


def test_a_round_without_a_mistake(drive: Drive, session: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", QuizTarget(CHAPTER.id))
        assert await answer_all(driver, right_keys) == SITTING
        assert f"{SITTING} of {SITTING} right." in driver.text
        assert "Revisit" not in driver.text
        assert "› On to what is next" in driver.text
        await driver.press("enter")
        assert not isinstance(driver.app.screen, QuizPage)

    drive(script)
    with session() as opened:
        kept = opened.progress.answers.all()
        assert len(kept) == SITTING
        assert all(answer.right and answer.context == "quiz" for answer in kept)


def test_what_went_wrong_leads_to_its_section(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", QuizTarget(CHAPTER.id))
        topic = driver.one(QuestionView).asked.question.topic
        await driver.press(*wrong_keys(driver.one(QuestionView).asked))
        await driver.press("escape")
        assert "0 of 1 right." in driver.text
        assert "› Revisit: " in driver.text
        await driver.press("enter")
        title = next(t.title for t in CHAPTER.topics if t.id == topic)
        assert title[:40] in driver.text.splitlines()[2]

    drive(script)


def test_a_round_that_was_left_goes_on(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", QuizTarget(CHAPTER.id))
        await driver.press(*right_keys(driver.one(QuestionView).asked), "n")
        await driver.go("today")
        await driver.go("quiz")
        assert "Question 2 of" in driver.text

    drive(script)


def test_a_round_has_as_many_questions_as_today_says(drive: Drive, session: Any) -> None:
    with session() as opened:
        opened.progress.mark_read(CHAPTER.id, NOW)
        for exercise in CHAPTER.exercises:
            at = NOW - timedelta(days=1)
            attempt = Attempt(exercise.id, "submit", "passed", 1, 1, 0, at, b"", "{}")
            opened.progress.record(attempt)
        spent = round(sum(map(estimates.reading, topic_words(CHAPTER).values())))
        opened.progress.settings.change("minutes", str(spent + 5))

    async def script(driver: Any) -> None:
        assert "5 questions on chapter 1" in driver.text
        await driver.press("enter")
        assert "Question 1 of 5" in driver.text

    drive(script)


def test_an_open_question_promises_only_what_works(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", QuizTarget(CHAPTER.id))
        for _ in range(SITTING):
            last = driver.text.splitlines()[-1]
            assert "Next" not in last and "esc End" in last and " Help" in last
            await driver.press(*right_keys(driver.one(QuestionView).asked))
            assert driver.text.splitlines()[-1].startswith(" Enter Next  esc End  ")
            await driver.press("n")

    drive(script)


@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_of_every_kind_leave_room_for_the_way_out(
    drive: Drive, session: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chapter = next(q.chapter for q in load_bank().questions if q.kind == kind)
    target = QuizTarget(chapter, 1)
    with session() as opened:
        seed = next(
            seed
            for seed in itertools.count()
            if begin_round(opened, target, seed, NOW).questions[0].kind == kind
        )
    monkeypatch.setattr(secrets, "randbelow", lambda most: seed)

    async def script(driver: Any) -> None:
        await driver.go("quiz", target)
        assert driver.one(QuestionView).asked.kind == kind
        last = driver.text.splitlines()[-1]
        for key in ("⏎ Answer", "^g Don't know", "esc End", " Help"):
            assert key in last

    drive(script, (80, 24))


def test_escape_ends_a_round_and_then_leaves(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", QuizTarget(CHAPTER.id))
        await driver.press("escape")
        assert "Nothing was answered." in driver.text
        await driver.press("escape")
        assert type(driver.app.screen).__name__ == "TodayPage"

    drive(script)


def test_escape_leaves_the_chapters_to_test_out_of(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz")
        await driver.press("G", "up", "enter")
        assert "Which chapter do you know?" in driver.text and "esc Back" in driver.text
        await driver.press("escape")
        assert "What shall the questions be about?" in driver.text
        await driver.press("escape")
        assert type(driver.app.screen).__name__ == "TodayPage"

    drive(script)


def test_another_round_is_about_the_same(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", QuizTarget(CHAPTER.id, 2))
        await answer_all(driver, right_keys)
        assert "2 of 2 right." in driver.text
        await driver.press("down", "enter")
        assert "Question 1 of 2" in driver.text

    drive(script)


def test_testing_out_of_a_chapter(drive: Drive, session: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", TestOutTarget(CHAPTER.id))
        assert "must be right" in driver.text
        await answer_all(driver, right_keys)
        assert "You have tested out." in driver.text

    drive(script)
    with session() as opened:
        assert opened.progress.answers.tested_out() == {CHAPTER.id}


@pytest.mark.parametrize("target", [PrerequisitesTarget(), QuizTarget(), QuizTarget(CHAPTER.id, 3)])
def test_what_else_can_be_asked_for(drive: Drive, target: str) -> None:
    async def script(driver: Any) -> None:
        await driver.go("quiz", target)
        assert "Question 1 of" in driver.text

    drive(script)
