"""Which exercises are open. Pure: all that it knows is in its arguments."""

from __future__ import annotations

from collections.abc import Collection

from exercises.catalog import Catalog, Exercise
from tui.progress.records import Standing


def cleared(catalog: Catalog, standing: Standing) -> frozenset[str]:
    """The exercises that others may build on: passed, or of a topic that was tested out of."""
    if not standing.tested_out:
        return standing.passed
    spared_topics = catalog.topics_in(standing.tested_out)
    spared = (e.id for e in catalog.exercises if e.topic in spared_topics)
    return standing.passed.union(spared)


def lacking(exercise: Exercise, cleared: Collection[str]) -> tuple[str, ...]:
    """What it builds on and is not there yet, by id."""
    return tuple(need for need in exercise.needs if need not in cleared)


def is_unlocked(exercise: Exercise, cleared: Collection[str]) -> bool:
    return not lacking(exercise, cleared)


def current_exercise(catalog: Catalog, standing: Standing) -> Exercise | None:
    """The exercise turned to last, until it is passed; else the first that is unlocked and open."""
    if latest := unfinished(catalog, standing):
        return latest
    done = cleared(catalog, standing)
    for exercise in catalog.exercises:
        if exercise.id not in done and is_unlocked(exercise, done):
            return exercise
    return None


def unfinished(catalog: Catalog, standing: Standing) -> Exercise | None:
    """The exercise turned to last, unless it is passed or has left the course."""
    if not standing.latest or standing.latest.exercise in standing.passed:
        return None
    return next((e for e in catalog.exercises if e.id == standing.latest.exercise), None)


def opened_by(catalog: Catalog, standing: Standing, id: str) -> tuple[Exercise, ...]:
    """What the pass of exercise `id` has opened: it was waiting for it, and for nothing else."""
    done = cleared(catalog, standing)
    waiting = (e for e in catalog.exercises if id in e.needs and e.id not in done)
    return tuple(e for e in waiting if is_unlocked(e, done))
