"""What the learner has done, in `.learn/progress.db` (SQLite).

Rows are keyed by ids, never by titles or numbers, and deleted only to undo a review: editing or
renumbering the course keeps the history. The caller says what time it is.

    database.py     the file: one transaction per change, migrations, what can go wrong
    progress.py     exercises and reading; `answers`, `reviews` and `settings` hold the rest
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from tui.progress.activity import Activity
from tui.progress.answers import Answers
from tui.progress.bookmarks import Bookmarks
from tui.progress.calendar import zone_name
from tui.progress.database import Database, ProgressError, moment, timestamp
from tui.progress.exams import Exams
from tui.progress.figures import Figures
from tui.progress.history import History
from tui.progress.mistakes import Mistakes
from tui.progress.records import AttemptKind, Latest, Standing
from tui.progress.review_log import Reviews
from tui.progress.rewrites import Rewrites
from tui.progress.settings import Settings

__all__ = ["Attempt", "AttemptKind", "Latest", "Progress", "ProgressError", "Score", "Standing"]


@dataclass(frozen=True)
class Attempt:
    """One graded file. `report` is the JSON of the whole report; nothing is written in a stub."""

    exercise: str
    kind: AttemptKind
    outcome: str
    points: float
    max_points: float
    seed: int
    at: datetime
    source: bytes
    report: str
    is_stub: bool = False


@dataclass(frozen=True)
class Score:
    points: float
    max_points: float


class Progress:
    """An open progress file; a context manager that closes it."""

    def __init__(self, file: Path) -> None:
        self.database = self._db = Database(file)
        self.activity = Activity(self._db)
        self.answers = Answers(self._db)
        self.bookmarks = Bookmarks(self._db)
        self.exams = Exams(self._db)
        self.figures = Figures(self._db)
        self.history = History(self._db)
        self.mistakes = Mistakes(self._db)
        self.reviews = Reviews(self._db)
        self.rewrites = Rewrites(self._db)
        self.settings = Settings(self._db)

    @classmethod
    def copy_of(cls, file: Path) -> Self:
        """What can be read of a file that cannot be written, in memory. Raises ProgressError."""
        progress = cls(Path(":memory:"))
        if file.exists():
            progress.database.take_over(file)
        return progress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._db.close()

    def stay(self, now: datetime) -> None:
        """Remember in which time zone the learner is from `now` on."""
        stays = self._db.rows("SELECT zone FROM stays ORDER BY at DESC LIMIT 1")
        if stays != [(zone_name(now),)]:
            with self._db.change() as db:
                db.execute(
                    "INSERT OR REPLACE INTO stays VALUES (?, ?)", (timestamp(now), zone_name(now))
                )

    def visit(self, exercise: str, at: datetime) -> None:
        """Remember that the learner turned to this exercise."""
        with self._db.change() as db:
            db.execute(*_visit(exercise, at))

    def record(self, attempt: Attempt) -> None:
        """Keep an attempt for good. It is also a visit; a rewrite is none, since the exercise is
        passed and the learner works on another, and a look at what a stub is told is none either.
        """
        import hashlib  # 3 ms, which `learn next` need not spend

        sha256 = hashlib.sha256(attempt.source).hexdigest()
        with self._db.change() as db:
            db.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (sha256, attempt.source))
            if attempt.kind == "rewrite":
                db.execute(
                    "INSERT INTO rewrites (exercise, outcome, at, source_sha256, report)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (
                        *(attempt.exercise, attempt.outcome, timestamp(attempt.at)),
                        *(sha256, attempt.report),
                    ),
                )
                return
            if not attempt.is_stub:
                db.execute(*_visit(attempt.exercise, attempt.at))
            db.execute(
                "INSERT INTO attempts (exercise, kind, outcome, points, max_points, seed, at,"
                " source_sha256, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    attempt.exercise,
                    attempt.kind,
                    attempt.outcome,
                    attempt.points,
                    attempt.max_points,
                    attempt.seed,
                    timestamp(attempt.at),
                    sha256,
                    attempt.report,
                ),
            )

    def standing(self) -> Standing:
        passed = self._db.rows(
            "SELECT DISTINCT exercise FROM attempts WHERE kind = 'submit' AND outcome = 'passed'"
        )
        read = self._db.rows("SELECT section FROM sections_read")
        return Standing(
            passed=frozenset(exercise for (exercise,) in passed),
            read=frozenset(section for (section,) in read),
            latest=self._latest(),
            tested_out=self.answers.tested_out(),
            just_read=self._just_read(),
        )

    def _latest(self) -> Latest | None:
        # Our own errors say nothing about the learner's file.
        rows = self._db.rows(
            "SELECT visits.exercise, kind, outcome FROM visits LEFT JOIN attempts"
            " ON attempts.exercise = visits.exercise AND outcome != 'error'"
            " ORDER BY visits.id DESC, attempts.id DESC LIMIT 1"
        )
        return Latest(*rows[0]) if rows else None

    def _just_read(self) -> str | None:
        """Of several that were marked at one moment, as those of a chapter, none was read last."""
        rows = self._db.rows(
            "SELECT section FROM sections_read WHERE at = (SELECT max(at) FROM sections_read)"
            " AND at > (SELECT coalesce(max(at), '') FROM visits)"
        )
        return str(rows[0][0]) if len(rows) == 1 else None

    def best_scores(self) -> dict[str, Score]:
        """The most points that a submission of each exercise has got."""
        rows = self._db.rows(
            "SELECT exercise, max(points), max_points FROM attempts"
            " WHERE kind = 'submit' AND outcome != 'error' GROUP BY exercise"
        )
        return {exercise: Score(points, max_points) for exercise, points, max_points in rows}

    def latest_report(self, exercise: str) -> tuple[str, AttemptKind, datetime] | None:
        """The report of the latest attempt as JSON, its kind, and when it was made."""
        rows = self._db.rows(
            "SELECT report, kind, at FROM attempts WHERE exercise = ? ORDER BY id DESC LIMIT 1",
            exercise,
        )
        return (rows[0][0], rows[0][1], moment(rows[0][2])) if rows else None

    def first_passes(self) -> dict[str, datetime]:
        """When each exercise was passed."""
        rows = self._db.rows(
            "SELECT exercise, min(at) FROM attempts"
            " WHERE kind = 'submit' AND outcome = 'passed' GROUP BY exercise"
        )
        return {exercise: moment(at) for exercise, at in rows}

    def latest_pass(self) -> str | None:
        """The exercise of the latest submission that passed."""
        rows = self._db.rows(
            "SELECT exercise FROM attempts WHERE kind = 'submit' AND outcome = 'passed'"
            " ORDER BY id DESC LIMIT 1"
        )
        return rows[0][0] if rows else None

    def passed_source(self, exercise: str) -> str | None:
        """The text of the latest submission that passed this exercise."""
        rows = self._db.rows(
            "SELECT source FROM attempts JOIN sources ON sha256 = source_sha256"
            " WHERE exercise = ? AND kind = 'submit' AND outcome = 'passed'"
            " ORDER BY id DESC LIMIT 1",
            exercise,
        )
        return str(rows[0][0], "utf-8", "replace") if rows else None

    def hints_shown(self, exercise: str) -> int:
        return int(self._db.rows("SELECT count(*) FROM hints WHERE exercise = ?", exercise)[0][0])

    def show_hint(self, exercise: str, number: int, at: datetime) -> None:
        """Remember that hint `number`, counted from 1, has been shown."""
        with self._db.change() as db:
            db.execute(
                "INSERT OR IGNORE INTO hints VALUES (?, ?, ?)", (exercise, number, timestamp(at))
            )

    def mark_read(self, topic: str, at: datetime) -> None:
        with self._db.change() as db:
            db.execute("INSERT OR IGNORE INTO sections_read VALUES (?, ?)", (topic, timestamp(at)))


def _visit(exercise: str, at: datetime) -> tuple[str, tuple[str, str]]:
    return "INSERT INTO visits (exercise, at) VALUES (?, ?)", (exercise, timestamp(at))
