"""Where the learner stopped reading, per chapter, and what of it was on the screen."""

from __future__ import annotations

from datetime import datetime

from tui.progress.database import Database, timestamp


class Bookmarks:
    def __init__(self, db: Database) -> None:
        self._db = db

    def step(self, chapter: str) -> str | None:
        """The id of the lesson's step that was on the screen last."""
        rows = self._db.rows("SELECT step FROM bookmarks WHERE chapter = ?", chapter)
        return str(rows[0][0]) if rows else None

    def latest(self) -> str | None:
        """The chapter that was read last."""
        rows = self._db.rows("SELECT chapter FROM bookmarks ORDER BY at DESC LIMIT 1")
        return str(rows[0][0]) if rows else None

    def seen(self, chapter: str) -> frozenset[str]:
        """The ids of the lesson's steps that were on the screen."""
        rows = self._db.rows("SELECT step FROM steps_seen WHERE chapter = ?", chapter)
        return frozenset(step for (step,) in rows)

    def put(self, chapter: str, step: str, at: datetime) -> None:
        with self._db.change() as db:
            values = (chapter, step, timestamp(at))
            db.execute("INSERT OR REPLACE INTO bookmarks VALUES (?, ?, ?)", values)
            db.execute("INSERT OR IGNORE INTO steps_seen VALUES (?, ?, ?)", values)
