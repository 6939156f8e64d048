"""Hints are shown one by one, and it is remembered how many."""

from __future__ import annotations

from datetime import datetime

from exercises.catalog import Exercise
from tui.study.session import Session

NAME = "hint"  # among the mistakes of an exercise


def show_hint(session: Session, exercise: Exercise, at: datetime) -> int:
    """Show one more hint, if there is one; returns how many are shown.

    What one needed a hint for comes back, as what went wrong does.
    """
    shown, progress = session.progress.hints_shown(exercise.id), session.progress
    number = min(shown + 1, len(exercise.hints))
    progress.visit(exercise.id, at)
    progress.show_hint(exercise.id, number, at)
    if number > shown:
        says = f"You needed hint {number} of {len(exercise.hints)}."
        progress.mistakes.record(exercise.id, NAME, says, exercise.topic, at)
    return number
