"""What each student gets, from kept verdicts and today's `classroom.yaml`.

Nothing of it is stored, so that an extension or another number of points counts at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from exercises.words import plural
from grader.classroom.settings import Classroom
from grader.classroom.store import Kept

DIGITS = 2  # of points


@dataclass(frozen=True)
class Attempt:
    """One hand-in, counted. `raw` is None where a verdict is missing: then nothing can be said."""

    hand_in: Kept
    at: datetime | None
    raw: float | None
    kept: float

    @property
    def score(self) -> float:
        return (self.raw or 0.0) * self.kept


@dataclass(frozen=True)
class Outcome:
    """What a student gets, and the hand-in that counts."""

    best: Kept
    result: dict[str, Any]


def grades(hand_ins: Iterator[Kept], classroom: Classroom) -> Iterator[dict[str, Any]]:
    """One result a student, as `grader gradebook` takes it; the best of the attempts that count."""
    return (outcome.result for outcome in outcomes(hand_ins, classroom))


def outcomes(hand_ins: Iterator[Kept], classroom: Classroom) -> Iterator[Outcome]:
    for student, group in groupby(hand_ins, key=lambda hand_in: hand_in.student):
        yield _outcome(student, [_attempt(hand_in, classroom) for hand_in in group], classroom)


def _attempt(hand_in: Kept, classroom: Classroom) -> Attempt:
    at = classroom.handed_in.get(hand_in.student) or hand_in.handed_in
    verdicts = [hand_in.verdicts.get(id) for id in classroom.points]
    raw: float | None = 0.0
    for verdict, points in zip(verdicts, classroom.points.values(), strict=True):
        is_known = verdict is not None and verdict.outcome != "error"
        raw = raw + verdict.share * points if raw is not None and verdict and is_known else None
    return Attempt(hand_in, at, raw, classroom.kept(hand_in.student, at))


def _outcome(student: str, attempts: list[Attempt], classroom: Classroom) -> Outcome:
    counted = attempts[: classroom.attempts]
    best = max(counted, key=lambda attempt: attempt.score)
    is_open = any(attempt.raw is None for attempt in counted)
    due = classroom.due_for(student)
    raw = round(best.raw or 0.0, DIGITS)
    score = round(best.score, DIGITS)
    result: dict[str, Any] = {
        "id": student,
        "score": None if is_open else score,
        "max_score": round(classroom.max_score, DIGITS),
        "assignment": classroom.title,
        "raw_score": None if is_open else raw,
        "late_submission_penalty": None if is_open else round(raw - score, DIGITS),
        "duedate": _utc(due),
        "timestamp": _utc(best.at),
        "exercises": dict(_points(best.hand_in, classroom)),
    }
    if notes := _notes(best, attempts, counted, classroom):
        result["notes"] = notes
    return Outcome(best.hand_in, result)


def _points(hand_in: Kept, classroom: Classroom) -> Iterator[tuple[str, float | None]]:
    for id, points in classroom.points.items():
        verdict = hand_in.verdicts.get(id)
        is_known = verdict is not None and verdict.outcome != "error"
        yield id, round(verdict.share * points, DIGITS) if verdict and is_known else None


def _notes(
    best: Attempt, attempts: Sequence[Attempt], counted: Sequence[Attempt], classroom: Classroom
) -> list[str]:
    notes = []
    verdicts = [one.hand_in.verdicts.get(id) for one in counted for id in classroom.points]
    if any(verdict and verdict.outcome == "error" for verdict in verdicts):
        notes.append("An answer could not be graded; this is our error. Run the batch again.")
    if any(verdict is None for verdict in verdicts):
        notes.append("Something is not graded yet. Run the batch again.")
    missing = sorted({layer for verdict in verdicts if verdict for layer in verdict.unprotected})
    if missing:
        notes.append(
            f"UNPROTECTED: run without {', '.join(missing)}, so the verdict may be forged."
        )
    if len(attempts) > len(counted):
        count = plural(len(counted), "counts", "count")
        notes.append(f"{len(attempts)} hand-ins; the first {count}.")
    if classroom.due and best.at is None:
        told = "the platform says it was late" if best.hand_in.is_late else "taken as in time"
        notes.append(f"When it was handed in is not known; {told}.")
    return notes


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
