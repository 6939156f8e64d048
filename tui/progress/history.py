"""What was recorded, by day: what the planner counts."""

from __future__ import annotations

from datetime import date, datetime

from quizzes.cards.scheduling import day_of
from tui.progress.activity import MOMENTS_QUERY
from tui.progress.answers import IN_QUIZZES
from tui.progress.database import Database
from tui.progress.records import Effort

IN_QUIZ = f"context IN {IN_QUIZZES}"


class History:
    """`now` is in the learner's time zone."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read_on(self, now: datetime) -> dict[str, date]:
        """By topic; by chapter where it was read before topics were counted."""
        rows = self._db.rows_by_day(now, "SELECT section, day(at) FROM sections_read")
        return {section: date.fromisoformat(day) for section, day in rows}

    def passed_on(self, now: datetime) -> dict[str, date]:
        """The first pass of each exercise."""
        rows = self._db.rows_by_day(
            now,
            "SELECT exercise, min(day(at)) FROM attempts"
            " WHERE kind = 'submit' AND outcome = 'passed' GROUP BY exercise",
        )
        return {exercise: date.fromisoformat(day) for exercise, day in rows}

    def efforts(self, now: datetime) -> dict[str, Effort]:
        rows = self._db.rows_by_day(
            now,
            "SELECT exercise, count(DISTINCT day), max(day)"
            " FROM (SELECT exercise, day(at) AS day FROM visits) GROUP BY exercise",
        )
        return {exercise: Effort(days, date.fromisoformat(last)) for exercise, days, last in rows}

    def asked_today(self, now: datetime) -> int:
        """Questions of quizzes; those of a lesson belong to its reading."""
        rows = self._db.rows_by_day(
            now,
            f"SELECT count(*) FROM answers WHERE {IN_QUIZ} AND day(at) = ?",
            day_of(now).isoformat(),
        )
        return int(rows[0][0])

    def began(self, now: datetime) -> date | None:
        """The first day on which anything was done."""
        rows = self._db.rows_by_day(now, f"SELECT min(day(at)) FROM ({MOMENTS_QUERY})")
        return date.fromisoformat(rows[0][0]) if rows[0][0] else None
