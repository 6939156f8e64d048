"""What Today shows: the next step, what is due, and how far each chapter is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from exercises.lesson import load_lesson
from quizzes.cards.scheduling import day_of
from tui.planning import estimates
from tui.planning.describe import Step
from tui.progress.activity import streak
from tui.study.daily_cards import todays_cards
from tui.study.session import Session
from tui.text.lesson_pages import find, steps


@dataclass(frozen=True)
class ChapterBar:
    id: str
    number: int
    title: str
    passed: int
    total: int
    is_read: bool


@dataclass(frozen=True)
class Bookmark:
    """The step that was on the screen last, counted from 1."""

    at: int
    total: int

    @property
    def share(self) -> float:
        """How much of the lesson stands before it."""
        return (self.at - 1) / self.total


@dataclass(frozen=True)
class Overview:
    """`due` counts the cards to repeat today, `new` those to meet, `streak` the days in a row.

    `bookmark` says where to go on reading, where that is the step and the lesson was begun.
    """

    step: Step
    bookmark: Bookmark | None
    due: int
    new: int
    streak: int
    chapters: tuple[ChapterBar, ...]


def overview(session: Session, now: datetime) -> Overview:
    """`now` is in the learner's time zone."""
    known = session.snapshot(now)
    step = session.step_from(known)
    bookmark = _bookmark(session, step)
    cards = todays_cards(session, now)
    return Overview(
        step=_shortened(session, step, bookmark) if bookmark else step,
        bookmark=bookmark,
        due=cards.repeats,
        new=len(cards.new),
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


def _bookmark(session: Session, step: Step) -> Bookmark | None:
    """None at the first step: there, the lesson is begun and not continued."""
    if step.kind != "reading":
        return None
    lesson = session.catalog.chapter(step.id).lesson
    target = session.progress.bookmarks.step(step.id)
    if target is None or not lesson.exists():
        return None
    found = steps(load_lesson(lesson))
    at = find(found, target)
    return Bookmark(at + 1, len(found)) if at else None


def _shortened(session: Session, step: Step, bookmark: Bookmark) -> Step:
    """With the minutes that are left of the lesson; the plan knows of whole lessons only."""
    left = estimates.rest_of_reading(session.catalog.chapter(step.id), bookmark.share)
    return replace(step, minutes=min(step.minutes, left), estimate=left)
