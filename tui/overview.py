"""What Today shows: the next step, what is due, and how far each chapter is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quizzes.review import day_of
from tui.activity import streak
from tui.session import Session
from tui.steps import Step


@dataclass(frozen=True)
class ChapterBar:
    id: str
    number: int
    title: str
    passed: int
    total: int
    is_read: bool


@dataclass(frozen=True)
class Overview:
    """`due` counts the cards to repeat today, `new` those to meet, `streak` the days in a row."""

    step: Step
    due: int
    new: int
    streak: int
    chapters: tuple[ChapterBar, ...]


def overview(session: Session, now: datetime) -> Overview:
    """`now` is in the learner's time zone."""
    known = session.snapshot(now)
    return Overview(
        step=todays_step(session, now),
        due=known.cards.due.get(known.today, 0),
        new=max(0, min(known.cards.fresh, session.pace().limits.new - known.cards.done.new)),
        streak=streak(session.progress.activity.days(now).keys(), day_of(now)),
        chapters=tuple(
            ChapterBar(
                id=chapter.id,
                number=chapter.number,
                title=chapter.title,
                passed=sum(exercise.id in known.standing.passed for exercise in chapter.exercises),
                total=len(chapter.exercises),
                is_read=chapter.id in known.standing.read,
            )
            for chapter in session.catalog.chapters
        ),
    )


def todays_step(session: Session, now: datetime) -> Step:
    """The one place where the app asks what is next."""
    return session.next_step(now)
