"""The mistakes that come back today, as a round of questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from exercises.errors import CourseError
from quizzes.bank import Bank, load_bank
from quizzes.questions.question import Asked, Question, Verdict
from tui.planning.mistakes import due
from tui.progress.records import Mistake
from tui.study.quiz_round import Round
from tui.study.session import Session
from tui.study.variation import variation


class NoMistake(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__("No mistake comes back today. `learn mistakes --list` shows what may.")


class MistakesRound(Round):
    """A mistake counts as avoided when all that is asked about it was answered right."""

    def __init__(self, session: Session, now: datetime, seed: int) -> None:
        super().__init__((), seed, "lesson", session.progress.answers)
        self._session = session
        self._met: dict[int, Mistake] = {}
        self._wrong: set[Mistake] = set()
        for mistake, asked in _asked(session, now, seed):
            for one in asked:
                self._met[len(self.questions)] = mistake
                self.questions += (one,)
        if not self.questions:
            raise NoMistake

    def answer(self, typed: str, at: datetime) -> Verdict:
        place = len(self.verdicts)
        mistake = self._met[place]
        if not mistake.exercise:  # a question of the bank: its answer tells all
            return super().answer(typed, at)
        asked = self.current
        assert asked is not None
        verdict = asked.check(typed)
        self.verdicts.append(verdict)
        if not verdict.right:
            self._wrong.add(mistake)
        if self._met.get(place + 1) != mistake:
            avoided = mistake not in self._wrong
            progress = self._session.progress
            progress.mistakes.meet(mistake.exercise, mistake.name, avoided, at)
        return verdict


def _asked(
    session: Session, now: datetime, seed: int
) -> Iterable[tuple[Mistake, tuple[Asked, ...]]]:
    known = session.snapshot(now)
    waiting = due(session.progress.mistakes.all(now), known.standing, known.today)
    bank = load_bank(session.catalog)
    by_id = {question.id: question for question in bank.questions}
    for mistake in waiting:
        if not mistake.exercise:
            found = by_id.get(mistake.name)
            yield mistake, (found.draw(seed),) if found else ()
        else:
            yield mistake, _about_code(session, mistake, bank, seed)


def _about_code(session: Session, mistake: Mistake, bank: Bank, seed: int) -> tuple[Asked, ...]:
    """The mistake in a colleague's file; of what has no name, a question on its topic."""
    from tui.warm_grader.client import warm_grader

    found = [e for e in session.catalog.exercises if e.id == mistake.exercise]
    if not found:
        return ()
    with warm_grader(session.workspace.state) as grader:
        asked = variation(found[0], mistake.name, grader, seed)
    return asked or _on_topic(session, bank, found[0].topic, seed)


def _on_topic(session: Session, bank: Bank, topic: str, seed: int) -> tuple[Asked, ...]:
    """What is not known of it comes first, the hardest of that."""
    right = {id for id, answer in session.progress.answers.latest().items() if answer.right}
    about = [question for question in bank.questions if question.topic == topic]

    def rank(question: Question) -> tuple[bool, int]:
        return question.id in right, -question.difficulty

    return tuple(question.draw(seed) for question in sorted(about, key=rank)[:1])
