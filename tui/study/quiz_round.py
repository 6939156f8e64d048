"""A round of questions: ask the next, check what was typed, and keep every answer at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from exercises.catalog import Chapter
from exercises.errors import CourseError
from quizzes.bank import Bank
from quizzes.questions.question import Asked, Question, Verdict
from quizzes.questions.selection import for_quiz, for_testout, pass_mark
from quizzes.questions.sitting import SITTING
from tui.progress.answers import Answer, Answers, Context, TestOut
from tui.progress.progress import Progress

PREREQUISITES = "prerequisites"
MAX_SEED = 2**31


class NothingToAsk(CourseError):
    exit_code = 2

    def __init__(self, about: str) -> None:
        super().__init__(f"There are no questions on {about} yet.")


class Round:
    """Shared by the line mode and the app. `current` is None when all has been answered."""

    def __init__(
        self, questions: Iterable[Question], seed: int, context: Context, answers: Answers
    ) -> None:
        self.questions = tuple(question.draw(seed) for question in questions)
        self.context = context
        self.verdicts: list[Verdict] = []
        self._answers = answers

    @property
    def current(self) -> Asked | None:
        place = len(self.verdicts)
        return self.questions[place] if place < len(self.questions) else None

    @property
    def correct(self) -> int:
        return sum(verdict.right for verdict in self.verdicts)

    @property
    def revisit(self) -> tuple[str, ...]:
        """The topics of the questions that were answered wrongly."""
        answered = zip(self.questions, self.verdicts, strict=False)
        topics = (asked.question.topic for asked, verdict in answered if not verdict.right)
        return tuple(dict.fromkeys(topics))

    def answer(self, typed: str, at: datetime) -> Verdict:
        """Raises BadAnswer, and asks the same again, where `typed` is not in the form asked."""
        asked = self.current
        assert asked is not None
        verdict = asked.check(typed)
        question = asked.question.id
        self._answers.record(
            Answer(question, asked.seed, typed.strip(), verdict.right, self.context, at)
        )
        self.verdicts.append(verdict)
        return verdict


class TestOutRound(Round):
    """Passing it opens what comes after the chapter, as if its exercises were passed."""

    __test__ = False  # pytest takes it for a test otherwise

    def __init__(self, chapter: Chapter, bank: Bank, seed: int, progress: Progress) -> None:
        questions = for_testout(bank.chapter(chapter.id).questions, seed)
        if not questions:
            raise NothingToAsk(f"chapter {chapter.number}")
        super().__init__(questions, seed, "testout", progress.answers)
        self.chapter = chapter
        self.needed = pass_mark(len(questions))

    @property
    def passed(self) -> bool:
        return self.current is None and self.correct >= self.needed

    def answer(self, typed: str, at: datetime) -> Verdict:
        verdict = super().answer(typed, at)
        if self.current is None:
            result = TestOut(self.chapter.id, self.correct, len(self.questions), self.passed, at)
            self._answers.record_testout(result)
        return verdict


def quiz_round(
    chapter: Chapter | None,
    bank: Bank,
    progress: Progress,
    seed: int,
    count: int = SITTING,
) -> Round:
    """On one chapter, or without it on all that have been read; the first while none is."""
    if chapter is None:
        read = progress.standing().read
        parts = [part for part in bank.chapters if part.chapter.id in read] or bank.chapters[:1]
    else:
        parts = [bank.chapter(chapter.id)]
    questions = [question for part in parts for question in part.questions]
    return _round(questions, progress, seed, count, "quiz", _names(part.chapter for part in parts))


def prerequisites_round(bank: Bank, progress: Progress, seed: int, count: int) -> Round:
    return _round(bank.prerequisites, progress, seed, count, "prerequisites", "the prerequisites")


def _round(
    questions: Iterable[Question],
    progress: Progress,
    seed: int,
    count: int,
    context: Context,
    about: str,
) -> Round:
    answered = {id: answer.right for id, answer in progress.answers.latest().items()}
    chosen = for_quiz(questions, answered, count, seed)
    if not chosen:
        raise NothingToAsk(about)
    return Round(chosen, seed, context, progress.answers)


def _names(chapters: Iterable[Chapter]) -> str:
    return " and ".join(f"chapter {chapter.number}" for chapter in chapters)
