"""What was recorded, by day: what the planner counts."""

from __future__ import annotations

from datetime import date, datetime

from quizzes.cards.scheduling import day_of
from tui.progress.activity import MOMENTS_QUERY, day_shift
from tui.progress.answers import IN_QUIZZES
from tui.progress.database import Database
from tui.progress.records import Effort

IN_QUIZ = f"context IN {IN_QUIZZES}"


class History:
    """`now` is in the learner's time zone, and says where days begin."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read_on(self, now: datetime) -> dict[str, date]:
        rows = self._db.rows("SELECT chapter, date(at, ?) FROM chapters_read", day_shift(now))
        return {chapter: date.fromisoformat(day) for chapter, day in rows}

    def passed_on(self, now: datetime) -> dict[str, date]:
        """The first pass of each exercise."""
        rows = self._db.rows(
            "SELECT exercise, min(date(at, ?)) FROM attempts"
            " WHERE kind = 'submit' AND outcome = 'passed' GROUP BY exercise",
            day_shift(now),
        )
        return {exercise: date.fromisoformat(day) for exercise, day in rows}

    def efforts(self, now: datetime) -> dict[str, Effort]:
        rows = self._db.rows(
            "SELECT exercise, count(DISTINCT day), max(day)"
            " FROM (SELECT exercise, date(at, ?) AS day FROM visits) GROUP BY exercise",
            day_shift(now),
        )
        return {exercise: Effort(days, date.fromisoformat(last)) for exercise, days, last in rows}

    def lesson_days(self, now: datetime) -> dict[str, frozenset[date]]:
        """By question: the days on which it was answered while reading."""
        found: dict[str, set[date]] = {}
        for question, day in self._db.rows(
            "SELECT DISTINCT question, date(at, ?) FROM answers WHERE context = 'lesson'",
            day_shift(now),
        ):
            found.setdefault(question, set()).add(date.fromisoformat(day))
        return {question: frozenset(days) for question, days in found.items()}

    def asked_today(self, now: datetime) -> int:
        """Questions of quizzes; those of a lesson belong to its reading."""
        rows = self._db.rows(
            f"SELECT count(*) FROM answers WHERE {IN_QUIZ} AND date(at, ?) = ?",
            day_shift(now),
            day_of(now).isoformat(),
        )
        return int(rows[0][0])

    def began(self, now: datetime) -> date | None:
        """The first day on which anything was done."""
        rows = self._db.rows(f"SELECT min(date(at, ?)) FROM ({MOMENTS_QUERY})", day_shift(now))
        return date.fromisoformat(rows[0][0]) if rows[0][0] else None
