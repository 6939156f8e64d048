"""Code that comes back: a passed exercise is written again from memory, in a file of its own.

It is scheduled as a card is. The pass itself stays, whatever becomes of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath

from exercises.catalog import Exercise
from exercises.errors import CourseError
from exercises.workspace import REWRITE
from quizzes.cards.scheduling import Rating, Review, Schedule, Scheduler, day_of
from tui.planning.rewrites import rewrites_due
from tui.progress.progress import Progress
from tui.study.clock import local_now
from tui.study.session import Session, tell_guess

# As a card is rated: what one has just worked out is known well; then, how it went from memory.
PASSED: Rating = 4
AT_ONCE: Rating = 3
AFTER_FAILURES: Rating = 2
GIVEN_UP: Rating = 1
# Verdicts on a file that is half written, as each save gives one, are no failure of memory.
HALF_WRITTEN = 3


class NotPassedYet(CourseError):
    exit_code = 2

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(
            f"You have not passed {exercise.id} yet. What is passed can be written again;"
            f" `learn check {exercise.id}` is the way there."
        )


class NothingComesBack(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__(
            "No code comes back today. `learn rewrite --list` says what comes when;"
            " an exercise that you name can be written again at any time."
        )


class NotBegun(CourseError):
    exit_code = 2

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(
            f"You are not rewriting {exercise.id}. `learn rewrite {exercise.id}` does."
        )


def chosen(session: Session, text: str | None, now: datetime) -> Exercise:
    """The exercise that `text` means, or its rewritten file; else what is begun, else what is due.

    Raises NotPassedYet and NothingComesBack.
    """
    passed = session.progress.standing().passed
    if text is not None:
        name = text.removesuffix(".py").removesuffix(REWRITE)
        exercise = session.catalog.find(name)
        tell_guess(PurePath(name).name, exercise.id)
        if exercise.id not in passed:
            raise NotPassedYet(exercise)
        return exercise
    for exercise in session.catalog.exercises:
        if exercise.id in passed and is_begun(session, exercise):
            return exercise
    comes_back = session.snapshot(now).comes_back
    for id in rewrites_due(comes_back, passed, day_of(now)):
        return session.catalog.exercise(id)
    raise NothingComesBack


def is_begun(session: Session, exercise: Exercise) -> bool:
    return session.workspace.rewrite_file(exercise).exists()


def schedule_passes(progress: Progress) -> None:
    """Whatever was passed comes back, what was passed before there were schedules as well."""
    known = progress.rewrites.schedules()
    for exercise, at in progress.first_passes().items():
        if exercise not in known:
            _rate(progress, exercise, None, PASSED, at)


def end(session: Session, exercise: Exercise, at: datetime, given_up: bool = False) -> None:
    """It was written, or given up. Its file is put away; raises OSError where that cannot be."""
    progress = session.progress
    schedule_passes(progress)
    is_hard = progress.rewrites.failures(exercise.id) > HALF_WRITTEN
    rating = GIVEN_UP if given_up else AFTER_FAILURES if is_hard else AT_ONCE
    _rate(progress, exercise.id, progress.rewrites.schedules()[exercise.id], rating, at)
    session.workspace.end_rewrite(exercise, at)


def give_up(session: Session, exercise: Exercise, at: datetime) -> None:
    """Raises NotBegun."""
    if not is_begun(session, exercise):
        raise NotBegun(exercise)
    end(session, exercise, at, given_up=True)


def comes_back(session: Session, exercise: Exercise) -> str:
    """When, as a sentence."""
    due = session.progress.rewrites.schedules()[exercise.id].due
    on = day_of(due.astimezone(local_now().tzinfo))
    return f"It comes back on {on.day} {on:%B}."


def _rate(
    progress: Progress, exercise: str, before: Schedule | None, rating: Rating, at: datetime
) -> None:
    scheduler = Scheduler(float(progress.settings["retention"]), steps=())
    at = at.astimezone(UTC)  # as fsrs wants it
    after = scheduler.rate(before, rating, at)
    progress.rewrites.rate(Review(exercise, rating, at, 0, before), after)
