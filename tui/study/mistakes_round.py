"""The mistakes that come back today, as a round of questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from exercises.errors import CourseError
from quizzes.bank import Bank, load_bank
from quizzes.cards.scheduling import day_of
from quizzes.questions.question import Asked, Question, Verdict
from tui.planning.mistakes import due
from tui.progress.records import Mistake
from tui.study.quiz_round import Round
from tui.study.session import Session
from tui.study.variation import variation

if TYPE_CHECKING:
    from grader import Grader


class NoMistake(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__("No mistake comes back today. `learn mistakes --list` shows what may.")


class MistakesRound(Round):
    """A mistake counts as avoided when all that is asked about it was answered right."""

    def __init__(self, session: Session, now: datetime, seed: int) -> None:
        super().__init__((), seed, "lesson", session.progress.answers)
        asked = list(_asked(session, now, seed))
        if not asked:
            raise NoMistake
        self._session = session
        self._mistakes = [mistake for mistake, _ in asked]
        self.questions = tuple(question for _, question in asked)

    def answer(self, typed: str, at: datetime) -> Verdict:
        place = len(self.verdicts)
        mistake = self._mistakes[place]
        if not mistake.exercise:  # a question of the bank: its answer tells all
            return super().answer(typed, at)
        verdict = self.questions[place].check(typed)
        self.verdicts.append(verdict)
        if self._mistakes[place + 1 : place + 2] != [mistake]:
            told = zip(self._mistakes, self.verdicts, strict=False)
            avoided = all(verdict.right for about, verdict in told if about == mistake)
            progress = self._session.progress
            progress.mistakes.meet(mistake.exercise, mistake.name, avoided, at)
        return verdict


def _asked(session: Session, now: datetime, seed: int) -> Iterator[tuple[Mistake, Asked]]:
    """Each question with the mistake that it is about; those about one follow each other."""
    mistakes = session.progress.mistakes
    passed = session.progress.standing().passed
    waiting = due(mistakes.all(now), passed, day_of(now), mistakes.met_today(now))
    bank = load_bank(session.catalog)
    questions = {question.id: question for question in bank.questions}
    exercises = {exercise.id: exercise for exercise in session.catalog.exercises}
    with _grader(session, waiting) as grader:
        for mistake in waiting:
            if not mistake.exercise:
                if question := questions.get(mistake.name):
                    yield mistake, question.draw(seed)
            elif grader and (exercise := exercises.get(mistake.exercise)):
                found = variation(
                    exercise, mistake.name, grader, seed, session.catalog.course.folder
                )
                # Of what has no name there is a question on its topic.
                for asked in found or _on_topic(session, bank, exercise.topic, mistake, seed):
                    yield mistake, asked


@contextmanager
def _grader(session: Session, waiting: Iterable[Mistake]) -> Iterator[Grader | None]:
    """One for the round, if there is code to be graded in it."""
    if not any(mistake.exercise for mistake in waiting):
        yield None
        return
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        yield grader


def _on_topic(
    session: Session, bank: Bank, topic: str, mistake: Mistake, seed: int
) -> tuple[Asked, ...]:
    """What is not known of it comes first, the hardest of that; another one after each success."""
    right = {id for id, answer in session.progress.answers.latest().items() if answer.right}
    about = [question for question in bank.questions if question.topic == topic]

    def rank(question: Question) -> tuple[bool, int]:
        return question.id in right, -question.difficulty

    ranked = sorted(about, key=rank)
    return (ranked[mistake.avoided % len(ranked)].draw(seed),) if ranked else ()
