"""What a plan is made of: tasks, and how much of them a day may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from exercises.catalog import Chapter, Exercise, Topic
from quizzes.cards.scheduling import DailyLimits
from quizzes.questions.sitting import SITTING
from tui.planning import estimates
from tui.planning.snapshot import Snapshot

TaskKind = Literal["review", "mistakes", "rewrite", "reading", "quiz", "exercise", "done"]
Why = Literal["due", "unread", "not asked", "failed", "open", "turned to", "all done"]


@dataclass(frozen=True)
class Pace:
    """How much a day may hold, how much code that comes back beside it, and which days: daily,
    weekdays or weekends."""

    minutes: float = 75.0
    limits: DailyLimits = field(default_factory=DailyLimits)
    days: str = "daily"
    rewrite_minutes: float = 10.0


@dataclass(frozen=True)
class Task:
    """`minutes` of it are for this day, of the `estimate` of all that is left of it.

    `id` is a topic's for reading, a chapter's for a quiz, and an exercise's to build or to rewrite.
    `due` and `new` count cards, `count` questions or mistakes. `beyond` the day's plan is what may
    be done all the same.
    """

    kind: TaskKind
    id: str
    why: Why
    minutes: float = 0.0
    estimate: float = 0.0
    due: int = 0
    new: int = 0
    count: int = 0
    beyond: bool = False


def mistakes(count: int) -> Task:
    minutes = count * estimates.MISTAKE
    return Task("mistakes", "mistakes", "due", minutes, minutes, count=count)


def rewrite(exercise: Exercise) -> Task:
    minutes = estimates.rewrite(exercise)
    return Task("rewrite", exercise.id, "due", minutes, minutes)


ALL_DONE = Task("done", "", "all done")


def reading(snapshot: Snapshot, topic: Topic) -> Task:
    left = snapshot.reading[topic.id] - snapshot.begun.get(topic.id, 0.0)
    return Task("reading", topic.id, "unread", left, left)


def exercise(snapshot: Snapshot, exercise: Exercise, why: Why) -> Task:
    left = estimates.exercise(exercise) - snapshot.begun.get(exercise.id, 0.0)
    return Task("exercise", exercise.id, why, left, left)


def questions(snapshot: Snapshot, chapter: Chapter, why: Why) -> Task:
    count = min(SITTING, snapshot.quizzes[chapter.id].total)
    minutes = count * estimates.QUESTION
    return Task("quiz", chapter.id, why, minutes, minutes, count=count)
