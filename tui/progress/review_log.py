"""The schedules of what is remembered, and the log of reviews with what is needed to undo each.

Of cards, and of the code that is written again: for its schedule an exercise is a card.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from quizzes.cards.scheduling import Rating, Review, ReviewedToday, Schedule, day_start
from tui.progress.database import Database, moment, timestamp

FIELDS = ("state", "step", "stability", "difficulty", "due", "last_review", "reviews", "lapses")
SCHEDULE = ", ".join(FIELDS)
REVIEW = "card, rating, at, milliseconds, before"


class Reviews:
    """`schedules` and `log` are the names of its two tables."""

    def __init__(self, db: Database, schedules: str = "schedules", log: str = "reviews") -> None:
        self._db = db
        self._schedules, self._log = schedules, log

    def schedules(self) -> dict[str, Schedule]:
        rows = self._db.rows(f"SELECT card, {SCHEDULE} FROM {self._schedules}")
        return {
            card: Schedule.from_dict(dict(zip(FIELDS, row, strict=True))) for card, *row in rows
        }

    def log(self) -> list[Review]:
        """Oldest first."""
        rows = self._db.rows(f"SELECT {REVIEW} FROM {self._log} ORDER BY at, id")
        return [_review(*row) for row in rows]

    def record(self, review: Review, after: Schedule) -> None:
        with self._db.change() as db:
            self._add(db, review)
            self._put(db, review.card, after)

    def undo(self, review: Review) -> None:
        """Take back the latest review of a card: the card is as it was before."""
        with self._db.change() as db:
            db.execute(
                f"DELETE FROM {self._log} WHERE card = ? AND at = ?",
                (review.card, timestamp(review.at)),
            )
            db.execute(f"DELETE FROM {self._schedules} WHERE card = ?", (review.card,))
            if review.before:
                self._put(db, review.card, review.before)

    def done(self, now: datetime) -> ReviewedToday:
        """How many cards this day has brought; `now` is in the learner's time zone."""
        rows = self._db.rows(
            f"SELECT state, count(DISTINCT card) FROM {self._log} WHERE at >= ? GROUP BY state",
            timestamp(day_start(now)),
        )
        cards = dict(rows)
        return ReviewedToday(new=cards.get(None, 0), due=cards.get("review", 0))

    def merge(self, schedules: Mapping[str, Schedule], reviews: Iterable[Review]) -> int:
        """Take in what another machine knows. Of two schedules of a card, the later review wins.

        Returns how many reviews were not here before.
        """
        own = self.schedules()
        with self._db.change() as db:
            added = sum(self._add(db, review) for review in reviews)
            for card, schedule in schedules.items():
                if card not in own or own[card].last_review < schedule.last_review:
                    self._put(db, card, schedule)
        return added

    def _add(self, db: sqlite3.Connection, review: Review) -> int:
        before = review.before
        done = db.execute(
            f"INSERT OR IGNORE INTO {self._log} (card, rating, at, milliseconds, state, before)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                review.card,
                review.rating,
                timestamp(review.at),
                review.milliseconds,
                before.state if before else None,
                json.dumps(before.to_dict()) if before else None,
            ),
        )
        return done.rowcount

    def _put(self, db: sqlite3.Connection, card: str, schedule: Schedule) -> None:
        values = schedule.to_dict()
        marks = ", ".join("?" * (len(FIELDS) + 1))
        db.execute(
            f"INSERT OR REPLACE INTO {self._schedules} (card, {SCHEDULE}) VALUES ({marks})",
            (card, *(values[name] for name in FIELDS)),
        )


def _review(card: str, rating: Rating, at: str, milliseconds: int, before: str | None) -> Review:
    schedule = Schedule.from_dict(json.loads(before)) if before else None
    return Review(card, rating, moment(at), milliseconds, schedule)
