"""A round of questions: ask the next, check what was typed, and keep every answer at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from exercises.catalog import Chapter, Topic
from exercises.errors import CourseError
from quizzes.bank import Bank
from quizzes.questions.question import Asked, Question, Verdict
from quizzes.questions.selection import for_quiz, for_testout, pass_mark
from quizzes.questions.sitting import SITTING
from tui.progress.answers import Answer, Answers, Context, TestOut
from tui.progress.progress import Progress

PREREQUISITES = "prerequisites"
MAX_SEED = 2**31
AFTER_A_TOPIC = 3


class NothingToAsk(CourseError):
    exit_code = 2

    def __init__(self, about: str) -> None:
        super().__init__(f"There are no questions on {about} yet.")


class Round:
    """Shared by the line mode and the app. `current` is None when all has been answered.

    Each answer is explained at once, unless the round `explains` none.
    """

    explains = True

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
    """Passing it opens what follows the chapter or topic, as if its exercises were passed."""

    __test__ = False  # pytest takes it for a test otherwise

    def __init__(
        self, chapter: Chapter, topic: Topic | None, bank: Bank, seed: int, progress: Progress
    ) -> None:
        """On the whole chapter, or on one topic of it."""
        self.section = topic.id if topic else chapter.id
        self.name = f"“{topic.title}”" if topic else f"chapter {chapter.number}"
        about = bank.chapter(chapter.id).questions
        questions = for_testout([q for q in about if topic is None or q.topic == topic.id], seed)
        if not questions:
            raise NothingToAsk(self.name)
        super().__init__(questions, seed, "testout", progress.answers)
        self.needed = pass_mark(len(questions))

    @property
    def passed(self) -> bool:
        return self.current is None and self.correct >= self.needed

    def answer(self, typed: str, at: datetime) -> Verdict:
        verdict = super().answer(typed, at)
        if self.current is None:
            result = TestOut(self.section, self.correct, len(self.questions), self.passed, at)
            self._answers.record_testout(result)
        return verdict


def quiz_round(
    chapter: Chapter | None,
    bank: Bank,
    progress: Progress,
    seed: int,
    count: int = SITTING,
) -> Round:
    """On one chapter, or without it on all topics that have been read; the first while none is."""
    if chapter:
        questions, about = bank.chapter(chapter.id).questions, f"chapter {chapter.number}"
    else:
        questions, about = _on_what_was_read(bank, progress.standing().read), "what you have read"
    return _round(questions, progress, seed, count, "quiz", about)


def _on_what_was_read(bank: Bank, read: Collection[str]) -> tuple[Question, ...]:
    asked = [(part.chapter, question) for part in bank.chapters for question in part.questions]
    found = tuple(q for chapter, q in asked if q.topic in read or chapter.id in read)
    return found or tuple(q for _, q in asked if q.topic == asked[0][1].topic)


def lesson_round(topic: Topic, bank: Bank, progress: Progress) -> Round:
    """What is asked after a topic: the easiest questions that were not answered right yet."""
    right = {id for id, answer in progress.answers.latest().items() if answer.right}
    about = [q for q in bank.questions if q.topic == topic.id and q.id not in right]
    chosen = sorted(about, key=lambda question: question.difficulty)[:AFTER_A_TOPIC]
    return Round(chosen, progress.answers.count(), "lesson", progress.answers)


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
