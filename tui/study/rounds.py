"""The round of questions that a target names."""

from __future__ import annotations

from datetime import datetime

from quizzes.bank import load_bank
from quizzes.questions.sitting import SITTING
from tui.study.exam import begin, latest
from tui.study.mistakes_round import MistakesRound
from tui.study.quiz_round import Round, TestOutRound, prerequisites_round, quiz_round
from tui.study.session import Session
from tui.study.targets import (
    AnyQuiz,
    ExamTarget,
    MistakesTarget,
    PrerequisitesTarget,
    QuizTarget,
    TestOutTarget,
)


def begin_round(session: Session, target: AnyQuiz, seed: int, now: datetime) -> Round:
    """Raises CourseError where there is nothing to ask."""
    catalog, progress = session.catalog, session.progress
    bank = load_bank(catalog)
    match target:
        case PrerequisitesTarget():
            return prerequisites_round(bank, progress, seed, SITTING)
        case ExamTarget(new):
            exam = None if new else latest(session)
            return (exam or begin(session, seed, now)).round
        case TestOutTarget(part):
            return TestOutRound(*catalog.find_part(part), bank, seed, progress)
        case MistakesTarget():
            return MistakesRound(session, now, seed)
        case QuizTarget(id, count):
            named = catalog.chapter(id) if id else None
            return quiz_round(named, bank, progress, seed, count or SITTING)
