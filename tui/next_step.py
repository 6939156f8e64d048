"""What to do next: a chapter's lesson before its exercises, and these in their order.

Pure: all that it knows is in its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from exercises.catalog import Catalog, Chapter, Exercise
from tui.progress import Latest, Standing


@dataclass(frozen=True)
class Step:
    """One thing to do, why, and the command that does it."""

    kind: Literal["reading", "exercise", "done"]
    id: str
    title: str
    summary: str
    reason: str
    command: str


DONE = Step(
    kind="done",
    id="",
    title="You have passed every exercise",
    summary="The course has nothing new for you.",
    reason="Solutions are open now: compare them with yours.",
    command="learn status --all",
)


def is_unlocked(exercise: Exercise, passed: frozenset[str]) -> bool:
    return passed.issuperset(exercise.needs)


def current_exercise(catalog: Catalog, standing: Standing) -> Exercise | None:
    """The exercise turned to last, until it is passed; else the first that is unlocked and open."""
    if latest := _unfinished(catalog, standing):
        return latest
    for exercise in catalog.exercises:
        if exercise.id not in standing.passed and is_unlocked(exercise, standing.passed):
            return exercise
    return None


def next_step(catalog: Catalog, standing: Standing) -> Step:
    if standing.latest and (exercise := _unfinished(catalog, standing)):
        return _go_on(exercise, standing.latest)
    for chapter in catalog.chapters:
        is_open = any(exercise.id not in standing.passed for exercise in chapter.exercises)
        if chapter.id not in standing.read and (is_open or not chapter.exercises):
            return _read(chapter)
        if is_open:
            break
    exercise = current_exercise(catalog, standing)
    return _start(exercise, catalog) if exercise else DONE


def _unfinished(catalog: Catalog, standing: Standing) -> Exercise | None:
    """The exercise turned to last, unless it is passed or has left the course."""
    if not standing.latest or standing.latest.exercise in standing.passed:
        return None
    return next((e for e in catalog.exercises if e.id == standing.latest.exercise), None)


def _read(chapter: Chapter) -> Step:
    return Step(
        kind="reading",
        id=chapter.id,
        title=chapter.title,
        summary=chapter.summary,
        reason=f"Chapter {chapter.number} is read before its exercises.",
        command=f"learn read {chapter.id.partition('_')[0]}",
    )


def _start(exercise: Exercise, catalog: Catalog) -> Step:
    reason = f"It comes next in chapter {catalog.chapter(exercise.chapter).number}."
    if exercise.needs:
        reason += f" You have passed what it builds on: {', '.join(exercise.needs)}."
    return _exercise_step(exercise, reason, f"learn check --watch {exercise.id}")


def _go_on(exercise: Exercise, latest: Latest) -> Step:
    if latest.outcome == "passed":
        reason = "Your last check passed. A submission, with fresh numbers, makes it count."
        return _exercise_step(exercise, reason, f"learn submit {exercise.id}")
    reason = "Your last attempt did not pass." if latest.outcome else "You have turned to it."
    return _exercise_step(exercise, reason, f"learn check --watch {exercise.id}")


def _exercise_step(exercise: Exercise, reason: str, command: str) -> Step:
    return Step("exercise", exercise.id, exercise.title, exercise.summary, reason, command)
