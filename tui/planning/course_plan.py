"""The weeks ahead: the rules of a day, again and again until the course is done. Pure.

It supposes that everything goes well, so it is a path and no prophecy: each morning makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from exercises.catalog import Catalog, Chapter
from quizzes.ids import Summary
from tui.planning.planner import is_finished, walk_day
from tui.planning.simulate import tomorrow
from tui.planning.snapshot import Facts, Snapshot, snapshot
from tui.planning.tasks import Pace, Task

WEEK = 7
LONGEST = 2 * 365
STEP = 5  # minutes a day are counted in steps of five
STUDY_DAYS = {"daily": range(7), "weekdays": range(5), "weekends": range(5, 7)}


@dataclass(frozen=True)
class Day:
    date: date
    tasks: tuple[Task, ...]

    @property
    def minutes(self) -> float:
        return sum(task.minutes for task in self.tasks)


@dataclass(frozen=True)
class ChapterSpan:
    """When a chapter is worked on, and how many minutes are left of it."""

    chapter: Chapter
    begins: date | None
    ends: date | None
    minutes: float


@dataclass(frozen=True)
class CoursePlan:
    """`days` are at least a week's."""

    days: tuple[Day, ...]
    spans: tuple[ChapterSpan, ...]

    @property
    def week(self) -> tuple[Day, ...]:
        return self.days[:WEEK]

    @property
    def ends(self) -> date | None:
        """The last day with a lesson, a quiz or an exercise; None where none is left."""
        return max((span.ends for span in self.spans if span.ends), default=None)


def course_plan(catalog: Catalog, known: Snapshot, pace: Pace) -> CoursePlan:
    days = _days(catalog, known, pace)
    chapter_of = {exercise.id: exercise.chapter for exercise in catalog.exercises}
    chapter_of |= {topic: chapter.id for topic, (chapter, _) in catalog.topics.items()}
    work: dict[str, list[tuple[date, float]]] = {chapter.id: [] for chapter in catalog.chapters}
    for day in days:
        for task in day.tasks:
            if task.kind not in ("review", "mistakes", "rewrite"):
                work[chapter_of.get(task.id, task.id)].append((day.date, task.minutes))
    spans = (_span(chapter, work[chapter.id]) for chapter in catalog.chapters)
    return CoursePlan(days, tuple(spans))


def planned_end(
    catalog: Catalog, asks: Mapping[str, Summary], began: date, pace: Pace
) -> date | None:
    """The end as it was foreseen on the first day, at the pace of today."""
    noon = datetime.combine(began, time(12), UTC)
    return course_plan(catalog, snapshot(catalog, asks, Facts(noon)), pace).ends


def pace_to_end_by(end: date, catalog: Catalog, known: Snapshot, pace: Pace) -> Pace | None:
    """The fewest minutes a day that are enough; None where ten hours are not."""
    low, high = 20 // STEP, 600 // STEP
    if not _ends_by(end, catalog, known, replace(pace, minutes=high * STEP)):
        return None
    while low < high:
        middle = (low + high) // 2
        if _ends_by(end, catalog, known, replace(pace, minutes=middle * STEP)):
            high = middle
        else:
            low = middle + 1
    return replace(pace, minutes=low * STEP)


def _ends_by(end: date, catalog: Catalog, known: Snapshot, pace: Pace) -> bool:
    ends = course_plan(catalog, known, pace).ends
    return ends is None or ends <= end


def days_from(catalog: Catalog, known: Snapshot, pace: Pace) -> Iterator[tuple[Day, Snapshot]]:
    """This day and each that follows, with where the learner stands on the next morning."""
    while True:
        tasks = []
        if known.today.weekday() in STUDY_DAYS[pace.days]:
            for task, after in walk_day(catalog, known, pace):
                tasks.append(task)
                known = after
        day = Day(known.today, tuple(tasks))
        known = tomorrow(known)
        yield day, known


def _days(catalog: Catalog, known: Snapshot, pace: Pace) -> tuple[Day, ...]:
    days: list[Day] = []
    for day, morning in days_from(catalog, known, pace):
        days.append(day)
        if len(days) >= WEEK and (len(days) >= LONGEST or is_finished(catalog, morning)):
            break
    return tuple(days)


def _span(chapter: Chapter, work: list[tuple[date, float]]) -> ChapterSpan:
    dates = [on for on, _ in work]
    minutes = sum(spent for _, spent in work)
    return ChapterSpan(chapter, min(dates, default=None), max(dates, default=None), minutes)
