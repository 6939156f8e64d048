"""What Progress shows, counted from what was recorded. Where nothing was, it is None, not 0."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quizzes.cards.scheduling import Review, day_of
from tui.progress.activity import streak
from tui.progress.records import Mistake
from tui.study.mastery import TopicMastery, topics
from tui.study.mistake_words import questions_in, read_in, what, when
from tui.study.session import Session
from tui.study.targets import ExerciseTarget, LessonTarget
from tui.text.plain import one_line

WEEKS = 12
DAYS = 28


@dataclass(frozen=True)
class Recall:
    """Of the learnt cards that came back in a week, how many were still known."""

    known: int
    total: int


@dataclass(frozen=True)
class MadeMistake:
    """`where` is the title of an exercise, or that it was a question; `target` the place in a
    lesson that explains it, or else the exercise."""

    where: str
    says: str
    returns: str
    target: LessonTarget | ExerciseTarget | None


@dataclass(frozen=True)
class Statistics:
    """`recall` is by week, the present one last; `hours` by day of the last four weeks."""

    today: date
    days: Mapping[date, int]
    streak: int
    hours: tuple[float, ...]
    all_hours: float
    recall: tuple[Recall, ...]
    goal: float
    passed: int
    exercises: int
    topics: tuple[TopicMastery, ...]
    mistakes: tuple[MadeMistake, ...]


def statistics(session: Session, now: datetime) -> Statistics:
    progress = session.progress
    today = day_of(now)
    days = progress.activity.days(now)
    passed = progress.standing().passed
    hours = progress.activity.hours(now)
    return Statistics(
        today=today,
        days=days,
        streak=streak(days.keys(), today),
        hours=tuple(hours.get(today - timedelta(days=ago), 0.0) for ago in reversed(range(DAYS))),
        all_hours=sum(hours.values()),
        recall=recall_by_week(progress.reviews.log(), now),
        goal=float(progress.settings["retention"]),
        passed=len(passed),
        exercises=len(session.catalog.exercises),
        topics=topics(session),
        mistakes=_mistakes(session, now, passed),
    )


def _mistakes(session: Session, now: datetime, passed: Collection[str]) -> tuple[MadeMistake, ...]:
    found = session.progress.mistakes.all(now)
    titles = {exercise.id: exercise.title for exercise in session.catalog.exercises}
    questions = questions_in(session, found)
    return tuple(
        MadeMistake(
            titles.get(mistake.exercise, mistake.exercise) or "a question",
            one_line(what(mistake, questions)),
            when(mistake, passed, day_of(now)),
            _target(session, mistake),
        )
        for mistake in found
    )


def _target(session: Session, mistake: Mistake) -> LessonTarget | ExerciseTarget | None:
    if place := read_in(session, mistake):
        return LessonTarget(place, mistake=mistake.name)
    return ExerciseTarget(mistake.exercise) if mistake.exercise else None


def recall_by_week(log: Iterable[Review], now: datetime) -> tuple[Recall, ...]:
    """Only cards in review count: one that is being learnt is expected to be forgotten."""
    monday = day_of(now) - timedelta(days=day_of(now).weekday())
    known, total = [0] * WEEKS, [0] * WEEKS
    for review in log:
        if review.before is None or review.before.state != "review":
            continue
        day = day_of(review.at.astimezone(now.tzinfo))
        week = WEEKS - 1 - (monday - (day - timedelta(days=day.weekday()))).days // 7
        if 0 <= week < WEEKS:
            total[week] += 1
            known[week] += review.rating > 1
    return tuple(Recall(*pair) for pair in zip(known, total, strict=True))
