"""The final exam in the app: silent questions, exercises of its own, handed in once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from answer_keys import right_keys, wrong_keys
from driving import NOW
from right_answers import right_answer

from exercises.catalog import load_catalog
from quizzes.questions.sitting import EXAM
from tui.app.widgets.exam_desk import ExamDesk
from tui.app.widgets.question_view import QuestionView
from tui.study.exam import begin, exam_exercises, latest
from tui.study.targets import ExamTarget

Drive = Callable[..., None]
SEED = 11
CATALOG = load_catalog()
EXERCISES = exam_exercises(CATALOG, SEED)


def answered(session: Any, left: int) -> None:
    """An exam was begun, and all but the last so many of its questions answered right."""
    with session() as opened:
        round = begin(opened, SEED, NOW).round
        for asked in round.questions[: EXAM - left]:
            round.answer(right_answer(asked), NOW)


def write(course: Any, count: int) -> None:
    (folder,) = (course.root / "exam").iterdir()
    for exercise in EXERCISES[:count]:
        (folder / f"{exercise.id}.py").write_text("right = 1\n")


def test_the_menu_leads_to_an_exam(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "q", "end")
        assert "› The final exam" in driver.text
        await driver.press("enter")
        assert "Question 1 of 60" in driver.text

    drive(script)


def test_no_answer_is_explained_and_a_left_exam_goes_on(drive: Drive, session: Any) -> None:
    answered(session, left=EXAM)

    async def script(driver: Any) -> None:
        await driver.go("quiz", ExamTarget())
        for keys in (right_keys, wrong_keys):
            await driver.press(*keys(driver.one(QuestionView).asked))
        assert "Question 3 of 60" in driver.text
        assert "Right." not in driver.text and "Not right." not in driver.text
        await driver.press("escape")
        assert "2 of 60 answered." in driver.text
        await driver.press("enter")
        assert "Question 3 of 60" in driver.text

    drive(script)

    async def another_day(driver: Any) -> None:
        await driver.go("quiz", ExamTarget())
        assert "Question 3 of 60" in driver.text

    drive(another_day)
    with session() as opened:
        assert [answer.right for answer in opened.progress.answers.all()] == [True, False]


def test_an_exam_is_written_and_handed_in(
    drive: Drive, session: Any, course: Any, size: Any
) -> None:
    answered(session, left=1)

    async def script(driver: Any) -> None:
        await driver.go("quiz", ExamTarget())
        assert "Question 60 of 60" in driver.text
        await driver.press(*wrong_keys(driver.one(QuestionView).asked))
        assert "Now write these" in driver.text
        write(course, 2)
        await driver.press("enter", "down")
        assert "› Hand in, with 3 of 5 unwritten" in driver.text
        await driver.press("enter")
        assert EXERCISES[-1].title in " ".join(driver.text.split())
        assert "Hand in all the same?" in driver.text
        await driver.press("enter")  # no
        assert "They are graded once" in driver.text
        write(course, 4)
        await driver.press("enter", "down", "enter", "down", "enter")
        assert "Passed." in driver.text
        assert "59 of 60 right; 48 pass" in " ".join(driver.text.split())
        assert driver.one(ExamDesk)

    drive(script, size)
    with session() as opened:
        exam = latest(opened)
        assert exam and exam.record.passed and exam.result().exercises_passed == 4
        assert opened.progress.exams.latest_passed()


def test_a_failed_exam_leads_to_what_to_read_and_to_another(
    drive: Drive, session: Any, course: Any
) -> None:
    answered(session, left=1)

    async def script(driver: Any) -> None:
        await driver.go("quiz", ExamTarget())
        topic = driver.one(QuestionView).asked.question.topic
        await driver.press(*wrong_keys(driver.one(QuestionView).asked))
        await driver.press("down", "enter", "down", "enter")
        assert "Not passed." in driver.text
        title = CATALOG.topics[topic][1].title
        assert f"› Revisit: {title}"[:40] in driver.text
        await driver.press("down", "enter")
        assert "Question 1 of 60" in driver.text

    drive(script, (120, 60))


def test_what_follows_an_exam_is_seen_however_much_went_wrong(
    drive: Drive, session: Any, course: Any
) -> None:
    with session() as opened:
        round = begin(opened, SEED, NOW).round
        for _ in range(EXAM):
            round.answer("?", NOW)

    async def script(driver: Any) -> None:
        await driver.go("quiz", ExamTarget())
        await driver.press("down", "enter", "down", "enter", "G")
        assert "Not passed. Questions: 0 of 60 right" in driver.text
        assert "› Another exam" in driver.text and "topics went wrong" in driver.text
        assert EXERCISES[-1].id not in driver.text
        await driver.press("pagedown")
        assert EXERCISES[-1].id in driver.text

    drive(script)


def test_our_own_failure_hands_nothing_in(drive: Drive, session: Any, course: Any) -> None:
    answered(session, left=0)

    async def script(driver: Any) -> None:
        from grader.errors import ExaminerLost

        async def lost(submission: Any) -> Any:
            raise ExaminerLost("The examiner died.")

        driver.app.services.grader.grade = lost
        await driver.go("quiz", ExamTarget())
        await driver.press("down", "enter", "down", "enter")
        assert "The examiner died." in driver.text
        assert "Now write these" in driver.text

    drive(script)
    with session() as opened:
        exam = latest(opened)
        assert exam and exam.record.finished is None
