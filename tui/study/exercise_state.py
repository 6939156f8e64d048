"""All that is known of one exercise and its file, for the app to show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exercises.catalog import Exercise
from tui.planning.unlocking import cleared, is_unlocked
from tui.progress.progress import AttemptKind
from tui.study.session import Session
from tui.text.stub_outline import StubBlock, blocks


@dataclass(frozen=True)
class LatestVerdict:
    """The latest verdict; `report` is its plain data."""

    report: dict[str, Any]
    kind: AttemptKind
    at: datetime


@dataclass(frozen=True)
class Briefing:
    exercise: Exercise
    chapter: int
    is_passed: bool
    is_open: bool
    stub: tuple[StubBlock, ...]
    hints: int
    latest: LatestVerdict | None


def briefing(session: Session, id: str | None) -> Briefing:
    """Of the exercise with this id; without one, of the current one. Raises NothingOpen."""
    exercise = session.catalog.exercise(id) if id else session.exercise(None)
    standing = session.progress.standing()
    latest = session.progress.latest_report(exercise.id)
    return Briefing(
        exercise=exercise,
        chapter=session.catalog.chapter(exercise.chapter).number,
        is_passed=exercise.id in standing.passed,
        is_open=is_unlocked(exercise, cleared(session.catalog, standing)),
        stub=blocks(exercise.stub.read_text("utf-8")),
        hints=session.progress.hints_shown(exercise.id),
        latest=LatestVerdict(json.loads(latest[0]), latest[1], latest[2]) if latest else None,
    )
