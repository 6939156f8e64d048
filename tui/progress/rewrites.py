"""Exercises that were passed and are written again: each verdict, and when each comes back."""

from __future__ import annotations

from datetime import date, datetime

from quizzes.cards.scheduling import Review, Schedule
from tui.progress.database import Database, moment
from tui.progress.review_log import Reviews


class Rewrites:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._reviews = Reviews(db, "code_schedules", "code_reviews")

    def schedules(self) -> dict[str, Schedule]:
        """By exercise."""
        return self._reviews.schedules()

    def rate(self, review: Review, after: Schedule) -> None:
        """It was passed, or written again, and comes back as `after` says."""
        self._reviews.record(review, after)

    def rewritten_on(self, now: datetime) -> dict[str, date]:
        """The day on which each exercise was last written again, or given up.

        A first pass has no schedule before it, and is none. `now` is in the learner's time zone.
        """
        rows = self._db.rows_by_day(
            now,
            "SELECT card, max(day(at)) FROM code_reviews WHERE before IS NOT NULL GROUP BY card",
        )
        return {exercise: date.fromisoformat(day) for exercise, day in rows}

    def failures(self, exercise: str) -> int:
        """How many verdicts were no pass since the exercise was last passed or given up."""
        rows = self._db.rows(
            "SELECT count(*) FROM rewrites WHERE exercise = ? AND outcome = 'failed' AND at >"
            " (SELECT coalesce(max(at), '') FROM code_reviews WHERE card = ?)",
            *(exercise, exercise),
        )
        return int(rows[0][0])

    def latest_report(self, exercise: str) -> tuple[str, datetime] | None:
        """The report of the latest verdict since then, as JSON, and when it was made."""
        rows = self._db.rows(
            "SELECT report, at FROM rewrites WHERE exercise = ? AND at >"
            " (SELECT coalesce(max(at), '') FROM code_reviews WHERE card = ?)"
            " ORDER BY id DESC LIMIT 1",
            *(exercise, exercise),
        )
        return (rows[0][0], moment(rows[0][1])) if rows else None
