"""What Today shows: the next step, what is due, and how far each chapter is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from quizzes.cards.scheduling import day_of
from tui.planning.course_plan import WEEK, days_from
from tui.planning.describe import Step, worded
from tui.planning.planner import walk_day
from tui.planning.snapshot import Snapshot
from tui.planning.tasks import Pace
from tui.progress.activity import streak
from tui.study.daily_cards import todays_cards
from tui.study.lesson_reading import reading_place
from tui.study.session import Session


@dataclass(frozen=True)
class ChapterBar:
    id: str
    number: int
    title: str
    passed: int
    total: int
    topics_read: int
    topics: int


@dataclass(frozen=True)
class Bookmark:
    """Where a topic goes on: at which of its steps, counted from 1."""

    at: int
    total: int

    @property
    def share(self) -> float:
        """How much of the topic stands before it."""
        return (self.at - 1) / self.total


@dataclass(frozen=True)
class WeekDay:
    """What one day of the coming week holds: planned minutes, and cards that come back."""

    date: date
    minutes: float
    cards: int


@dataclass(frozen=True)
class Overview:
    """`due` counts the cards to repeat today, `new` those to meet, `streak` the days in a row.

    `bookmark` says where to go on reading, where that is the step and the lesson was begun. `later`
    is what the day still holds after the step; `is_over`, whether not even the step is of its plan.
    `week` begins today.
    """

    step: Step
    bookmark: Bookmark | None
    later: tuple[Step, ...]
    is_over: bool
    week: tuple[WeekDay, ...]
    due: int
    new: int
    streak: int
    chapters: tuple[ChapterBar, ...]


def overview(session: Session, now: datetime) -> Overview:
    """`now` is in the learner's time zone."""
    known, pace = session.snapshot(now), session.pace()
    step = session.step_from(known)
    bookmark = _bookmark(session, step)
    cards = todays_cards(session, now)
    today = _today(session, known, pace)
    return Overview(
        step=_shortened(step, bookmark) if bookmark else step,
        bookmark=bookmark,
        later=today[1:],
        is_over=not today,
        week=_week(session, known, pace),
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
                topics_read=sum(topic.id in known.standing.read for topic in chapter.topics),
                topics=len(chapter.topics),
            )
            for chapter in session.catalog.chapters
        ),
    )


def _today(session: Session, known: Snapshot, pace: Pace) -> tuple[Step, ...]:
    """Each task that is left of the day's plan, as it will be said when its turn comes."""
    steps = []
    for task, after in walk_day(session.catalog, known, pace):
        steps.append(worded(session.catalog, known, task))
        known = after
    return tuple(steps)


def _week(session: Session, known: Snapshot, pace: Pace) -> tuple[WeekDay, ...]:
    days = islice(days_from(session.catalog, known, pace), WEEK)
    return tuple(
        WeekDay(day.date, day.minutes, known.cards.due.get(day.date, 0)) for day, _ in days
    )


def _bookmark(session: Session, step: Step) -> Bookmark | None:
    """None at the first step: there, the topic is begun and not continued."""
    if step.kind != "reading":
        return None
    at, total = reading_place(session, step.id)
    return Bookmark(at, total) if at > 1 else None


def _shortened(step: Step, bookmark: Bookmark) -> Step:
    """With the minutes that are left of the topic; the plan knows of whole topics only."""
    left = step.estimate * (1 - bookmark.share)
    return replace(step, minutes=min(step.minutes, left), estimate=left)
