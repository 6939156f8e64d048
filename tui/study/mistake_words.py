"""A mistake in words, for the command and the app: how often it was made, when it comes back, and
where to read of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from exercises.words import plural
from quizzes.bank import load_bank
from quizzes.questions.question import DONT_KNOW, Question
from tui.planning.mistakes import ENOUGH, comes_back_on
from tui.progress.answers import Answer
from tui.progress.records import Mistake
from tui.study.session import Session

GONE = "A question that the course no longer asks."


def when(mistake: Mistake, passed: Collection[str], today: date) -> str:
    """`passed` are exercises."""
    made = f"{mistake.last.day} {mistake.last:%b}, on {plural(mistake.times, 'day')}"
    on = comes_back_on(mistake)
    if on is None:
        return f"{made}; avoided {ENOUGH} times since"
    if mistake.exercise and mistake.exercise not in passed:
        return f"{made}; comes back when the exercise is passed"
    return f"{made}; comes back " + (f"on {on.day} {on:%b}" if on > today else "today")


def what(mistake: Mistake, questions: Mapping[str, str]) -> str:
    """In Markdown; `questions` are those of `questions_in`."""
    if mistake.exercise:
        return mistake.says or "Its file did not pass when it came back."
    return questions.get(mistake.name, GONE)


def read_in(session: Session, mistake: Mistake) -> str:
    """The section or step of a lesson that explains it; empty where there is none."""
    asked = (chapter.questions for chapter in session.asks.values())
    return mistake.see or next((each[mistake.name] for each in asked if mistake.name in each), "")


def _told(question: Question, answer: Answer) -> str:
    did = "You did not know" if answer.answer == DONT_KNOW else "You answered wrongly"
    return f"{did}: {question.draw(answer.seed).text}"


def questions_in(session: Session, mistakes: Iterable[Mistake]) -> dict[str, str]:
    """Each question among the mistakes, by its id: as it was asked, and whether it was answered
    at all, when it was not right for the last time."""
    wanted = {mistake.name for mistake in mistakes if not mistake.exercise}
    last = {each.question: each for each in session.progress.answers.all() if not each.right}
    bank = load_bank(session.catalog)
    return {
        question.id: _told(question, last[question.id])
        for chapter, asked in session.asks.items()
        if not wanted.isdisjoint(asked.questions)
        for question in bank.chapter(chapter).questions
        if question.id in wanted
    }
