"""All that is known of one exercise and its file, for the app to show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from exercises.catalog import Exercise
from exercises.files import course_text
from tui.planning.unlocking import cleared, lacking
from tui.progress.progress import AttemptKind
from tui.study.advice import can_be_traced
from tui.study.session import Session
from tui.study.targets import ExerciseTarget, LessonTarget
from tui.text.stub_outline import StubBlock, blocks

if TYPE_CHECKING:
    from grader import Report


@dataclass(frozen=True)
class LatestVerdict:
    report: Report
    kind: AttemptKind
    at: datetime

    @property
    def can_be_traced(self) -> bool:
        """What passes leaves nothing to look for."""
        return self.report.outcome == "failed" and can_be_traced(self.report)

    @property
    def explained_in(self) -> LessonTarget | None:
        """The place of the lesson on the mistake that was named, if one was."""
        named = self.report.diagnosis
        return LessonTarget(named.see, mistake=named.id) if named and named.see else None


@dataclass(frozen=True)
class Briefing:
    """`kind` is "rewrite" where the exercise is written again; `latest` is of that, then.
    `lacks` is what it builds on and is neither passed nor tested out of."""

    exercise: Exercise
    kind: AttemptKind
    file: Path
    chapter: int
    is_passed: bool
    lacks: tuple[Exercise, ...]
    stub: tuple[StubBlock, ...]
    hints: int
    latest: LatestVerdict | None

    @property
    def has_lost_its_file(self) -> bool:
        """Whether the stub is to be put where the file was. What is rewritten begins otherwise."""
        return self.kind != "rewrite" and not self.file.exists()

    @property
    def target(self) -> ExerciseTarget:
        return ExerciseTarget(self.exercise.id, rewrite=self.kind == "rewrite")


def briefing(session: Session, target: ExerciseTarget | None) -> Briefing:
    """Of this exercise; without one, of the current one. Raises NothingOpen."""
    exercise = session.catalog.exercise(target.id) if target else session.exercise(None)
    standing = session.progress.standing()
    done = cleared(session.catalog, standing)
    kind: AttemptKind = "rewrite" if target and target.rewrite else "check"
    return Briefing(
        exercise=exercise,
        kind=kind,
        file=session.file(exercise, kind),
        chapter=session.catalog.chapter(exercise.chapter).number,
        is_passed=exercise.id in standing.passed,
        lacks=tuple(session.catalog.exercise(id) for id in lacking(exercise, done)),
        stub=blocks(course_text(exercise.stub)),
        hints=session.progress.hints_shown(exercise.id),
        latest=_latest(session, exercise, kind),
    )


def _latest(session: Session, exercise: Exercise, kind: AttemptKind) -> LatestVerdict | None:
    if kind == "rewrite":
        again = session.progress.rewrites.latest_report(exercise.id)
        return _verdict(again[0], kind, again[1]) if again else None
    latest = session.progress.latest_report(exercise.id)
    return _verdict(*latest) if latest else None


def _verdict(stored: str, kind: AttemptKind, at: datetime) -> LatestVerdict | None:
    """None where what is stored is no report of this version: then it is checked again."""
    from grader.report import Report

    try:
        return LatestVerdict(Report.from_dict(json.loads(stored)), kind, at)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
