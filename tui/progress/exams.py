"""Final exams: which one is going on, and how those that were handed in went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tui.progress.database import Database, moment, timestamp


@dataclass(frozen=True)
class ExamRecord:
    """`questions` and `exercises` are ids, in the order of the exam; `finished` is None until it is
    handed in, and what follows says nothing before. The versions are those that it was graded with.
    """

    started: datetime
    seed: int
    questions: tuple[str, ...]
    exercises: tuple[str, ...]
    finished: datetime | None = None
    correct: int = 0
    passed: bool = False
    course_version: str = ""
    suite_version: str = ""


@dataclass(frozen=True)
class HandedIn:
    """One exercise of an exam. `report` is the JSON of the whole report."""

    exercise: str
    outcome: str
    source: bytes
    report: str


class Exams:
    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, exam: ExamRecord) -> None:
        """From now on this is the exam; one that was not handed in is given up."""
        with self._db.change() as db:
            db.execute(
                "INSERT OR REPLACE INTO exams (started, seed, questions, exercises)"
                " VALUES (?, ?, ?, ?)",
                (
                    timestamp(exam.started),
                    exam.seed,
                    json.dumps(exam.questions),
                    json.dumps(exam.exercises),
                ),
            )

    def latest(self) -> ExamRecord | None:
        """The exam that was begun last."""
        rows = self._db.rows(f"SELECT {COLUMNS} FROM exams ORDER BY started DESC LIMIT 1")
        return _exam(rows[0]) if rows else None

    def latest_passed(self) -> ExamRecord | None:
        rows = self._db.rows(
            f"SELECT {COLUMNS} FROM exams WHERE passed ORDER BY finished DESC LIMIT 1"
        )
        return _exam(rows[0]) if rows else None

    def outcomes(self, exam: ExamRecord) -> dict[str, str]:
        """Of the exercises that were handed in, by id."""
        return dict(
            self._db.rows(
                "SELECT exercise, outcome FROM exam_exercises WHERE exam = ?",
                timestamp(exam.started),
            )
        )

    def finish(self, exam: ExamRecord, handed_in: Sequence[HandedIn]) -> None:
        """Keep how it went, for good: all of it or nothing."""
        import hashlib  # 3 ms, which `learn next` need not spend

        assert exam.finished is not None
        started, finished = timestamp(exam.started), timestamp(exam.finished)
        with self._db.change() as db:
            db.execute(
                "UPDATE exams SET finished = ?, correct = ?, passed = ?, course_version = ?,"
                " suite_version = ? WHERE started = ?",
                (
                    finished,
                    exam.correct,
                    exam.passed,
                    exam.course_version,
                    exam.suite_version,
                    started,
                ),
            )
            for one in handed_in:
                sha256 = hashlib.sha256(one.source).hexdigest()
                db.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (sha256, one.source))
                db.execute(
                    "INSERT OR REPLACE INTO exam_exercises VALUES (?, ?, ?, ?, ?, ?)",
                    (started, one.exercise, one.outcome, finished, sha256, one.report),
                )


COLUMNS = (
    "started, seed, questions, exercises, finished, correct, passed, course_version, suite_version"
)


def _exam(row: tuple[Any, ...]) -> ExamRecord:
    started, seed, questions, exercises, finished, correct, passed, course, suites = row
    return ExamRecord(
        moment(started),
        seed,
        tuple(json.loads(questions)),
        tuple(json.loads(exercises)),
        moment(finished) if finished else None,
        correct,
        bool(passed),
        course,
        suites,
    )
