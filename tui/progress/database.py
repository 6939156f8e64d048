"""The SQLite file behind the progress: open, migrate, change, and explain what goes wrong.

Every change is one transaction in WAL mode, so that a kill at any moment loses nothing and two
processes may work at once.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exercises.errors import CourseError
from tui.progress.calendar import Calendar
from tui.progress.schema import MIGRATIONS

BUSY_SECONDS = 10.0
MAY_NOT_WRITE = " Make sure that you may write to it and to its folder."


class ProgressError(CourseError):
    """The progress file cannot be used. It is left as it is."""


class Database:
    def __init__(self, file: Path) -> None:
        self._file = file
        with self._explained():
            # Transactions are opened by `change` alone, so that each takes its lock at the start.
            self._db = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        with self._explained():
            self._migrate()

    def close(self) -> None:
        self._db.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._db.execute(query, values).fetchall()

    def calendar(self, now: datetime) -> Calendar:
        """Where the learner was at which time; `now` is in the zone where they are."""
        rows = self.rows("SELECT at, zone FROM stays ORDER BY at")
        return Calendar(((moment(at), name) for at, name in rows), now)

    def rows_by_day(self, now: datetime, query: str, *values: object) -> list[tuple[Any, ...]]:
        """As `rows`; in the query, `day(at)` is the learner's day, as "2025-06-13"."""
        calendar = self.calendar(now)
        known: dict[str, str] = {}

        def day(at: str) -> str:
            quarter = f"{at[:14]}{int(at[14:16]) // 15 * 15:02}"  # no zone divides one
            if quarter not in known:
                known[quarter] = calendar.day(moment(at)).isoformat()
            return known[quarter]

        with self._explained():
            self._db.create_function("day", 1, day, deterministic=True)
        return self.rows(query, *values)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def change_with(self, other: Path) -> Iterator[sqlite3.Connection]:
        """As `change`, with the tables of another progress file at hand as those of `other`."""
        with self._explained():
            self._db.execute("ATTACH ? AS other", (str(other),))
        try:
            with self.change() as db:
                yield db
        finally:
            self._db.execute("DETACH other")

    def take_over(self, file: Path) -> None:
        """Become what `file` is; it may lie where nothing can be written, not even a lock."""
        with (
            self._explained(file),
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)) as other,
        ):
            other.backup(self._db)
        with self._explained():
            self._migrate()

    def copy_into(self, file: Path) -> None:
        """All of it as it is at one moment, as one new file."""
        with self._explained():
            self._db.execute("VACUUM INTO ?", (str(file),))

    def _migrate(self) -> None:
        if self._version() == len(MIGRATIONS):
            return
        self._write_ahead()
        with self.change():
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

    def _write_ahead(self) -> None:
        """Switch to WAL. SQLite itself does not wait where another process is about to do it."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _explained(self, other: Path | None = None) -> Iterator[None]:
        file = other or self._file
        try:
            yield
        except sqlite3.OperationalError as error:
            code = (error.sqlite_errorcode or 0) & 0xFF  # without what SQLite adds to it
            hint = (
                MAY_NOT_WRITE if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) else ""
            )
            raise ProgressError(
                f"The progress file {file} cannot be used: {error}.{hint}"
            ) from error
        except sqlite3.DatabaseError as error:
            raise ProgressError(
                f"The progress file {file} is damaged: {error}."
                " It is left as it is; move it away to start a new one."
            ) from error


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(text: str) -> datetime:
    """What `timestamp` wrote."""
    return datetime.fromisoformat(text)
