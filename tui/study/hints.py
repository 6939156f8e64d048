"""Hints are shown one by one, and it is remembered how many."""

from __future__ import annotations

from datetime import datetime

from exercises.catalog import Exercise
from tui.study.session import Session


def show_hint(session: Session, exercise: Exercise, at: datetime) -> int:
    """Show one more hint, if there is one; returns how many are shown."""
    number = min(session.progress.hints_shown(exercise.id) + 1, len(exercise.hints))
    session.progress.visit(exercise.id, at)
    session.progress.show_hint(exercise.id, number, at)
    return number
