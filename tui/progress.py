"""What the learner has done, in `.learn/progress.db` (SQLite).

Every change is one transaction in WAL mode, so that a kill at any moment loses nothing and two
processes may work at once. Rows are keyed by ids, never by titles or numbers, and never deleted:
editing or renumbering the course keeps the history. The caller says what time it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from exercises.errors import CourseError
from tui.migrations import MIGRATIONS

Kind = Literal["check", "submit"]

BUSY_SECONDS = 10.0


class ProgressError(CourseError):
    """The progress file cannot be used. It is left as it is."""


@dataclass(frozen=True)
class Attempt:
    """One graded file. `report` is the JSON of the whole report."""

    exercise: str
    kind: Kind
    outcome: str
    points: float
    max_points: float
    seed: int
    at: datetime
    source: bytes
    report: str


@dataclass(frozen=True)
class Latest:
    """The exercise that the learner turned to last, and how its latest attempt went, if any."""

    exercise: str
    kind: Kind | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Score:
    points: float
    max_points: float


@dataclass(frozen=True)
class Standing:
    """All that decides what is next: exercises passed, chapters read, and the latest exercise."""

    passed: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    latest: Latest | None = None


class Progress:
    """An open progress file; a context manager that closes it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._explained():
            # Transactions are opened by `_change` alone, so that each takes its lock at the start.
            self._db = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        with self._explained():
            self._migrate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._db.close()

    def visit(self, exercise: str, at: datetime) -> None:
        """Remember that the learner turned to this exercise."""
        with self._change():
            self._add_visit(exercise, at)

    def record(self, attempt: Attempt) -> None:
        """Keep an attempt for good. An attempt is also a visit."""
        import hashlib  # 3 ms, which `learn next` need not spend

        sha256 = hashlib.sha256(attempt.source).hexdigest()
        with self._change():
            self._add_visit(attempt.exercise, attempt.at)
            self._db.execute(
                "INSERT OR IGNORE INTO sources VALUES (?, ?)", (sha256, attempt.source)
            )
            self._db.execute(
                "INSERT INTO attempts (exercise, kind, outcome, points, max_points, seed, at,"
                " source_sha256, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    attempt.exercise,
                    attempt.kind,
                    attempt.outcome,
                    attempt.points,
                    attempt.max_points,
                    attempt.seed,
                    _timestamp(attempt.at),
                    sha256,
                    attempt.report,
                ),
            )

    def standing(self) -> Standing:
        passed = self._rows(
            "SELECT DISTINCT exercise FROM attempts WHERE kind = 'submit' AND outcome = 'passed'"
        )
        read = self._rows("SELECT chapter FROM chapters_read")
        return Standing(
            passed=frozenset(exercise for (exercise,) in passed),
            read=frozenset(chapter for (chapter,) in read),
            latest=self._latest(),
        )

    def _latest(self) -> Latest | None:
        # Our own errors say nothing about the learner's file.
        rows = self._rows(
            "SELECT visits.exercise, kind, outcome FROM visits LEFT JOIN attempts"
            " ON attempts.exercise = visits.exercise AND outcome != 'error'"
            " ORDER BY visits.id DESC, attempts.id DESC LIMIT 1"
        )
        return Latest(*rows[0]) if rows else None

    def best_scores(self) -> dict[str, Score]:
        """The most points that a submission of each exercise has got."""
        rows = self._rows(
            "SELECT exercise, max(points), max_points FROM attempts"
            " WHERE kind = 'submit' AND outcome != 'error' GROUP BY exercise"
        )
        return {exercise: Score(points, max_points) for exercise, points, max_points in rows}

    def latest_pass(self) -> str | None:
        """The exercise of the latest submission that passed."""
        rows = self._rows(
            "SELECT exercise FROM attempts WHERE kind = 'submit' AND outcome = 'passed'"
            " ORDER BY id DESC LIMIT 1"
        )
        return rows[0][0] if rows else None

    def passed_source(self, exercise: str) -> str | None:
        """The text of the latest submission that passed this exercise."""
        rows = self._rows(
            "SELECT source FROM attempts JOIN sources ON sha256 = source_sha256"
            " WHERE exercise = ? AND kind = 'submit' AND outcome = 'passed'"
            " ORDER BY id DESC LIMIT 1",
            exercise,
        )
        return str(rows[0][0], "utf-8", "replace") if rows else None

    def hints_shown(self, exercise: str) -> int:
        return int(self._rows("SELECT count(*) FROM hints WHERE exercise = ?", exercise)[0][0])

    def show_hint(self, exercise: str, number: int, at: datetime) -> None:
        """Remember that hint `number`, counted from 1, has been shown."""
        with self._change():
            self._db.execute(
                "INSERT OR IGNORE INTO hints VALUES (?, ?, ?)", (exercise, number, _timestamp(at))
            )

    def mark_read(self, chapter: str, at: datetime) -> None:
        with self._change():
            self._db.execute(
                "INSERT OR IGNORE INTO chapters_read VALUES (?, ?)", (chapter, _timestamp(at))
            )

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._db.execute(query, values).fetchall()

    def _add_visit(self, exercise: str, at: datetime) -> None:
        self._db.execute(
            "INSERT INTO visits (exercise, at) VALUES (?, ?)", (exercise, _timestamp(at))
        )

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _migrate(self) -> None:
        if self._version() == len(MIGRATIONS):
            return
        self._db.execute("PRAGMA journal_mode = WAL")
        with self._change():
            # Read again under the lock: another process may have migrated in the meantime.
            version = self._version()
            if version > len(MIGRATIONS):
                raise ProgressError(
                    f"{self._file} was written by a newer version of the course. Update the course."
                )
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ProgressError(
                f"The progress file {self._file} cannot be used: {error}."
            ) from error
        except sqlite3.DatabaseError as error:
            raise ProgressError(
                f"The progress file {self._file} is damaged: {error}."
                " It is left as it is; move it away to start a new one."
            ) from error


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
