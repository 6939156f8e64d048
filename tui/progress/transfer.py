"""Move progress between machines, and put it away.

An export is a progress file itself: SQLite, with the tables of `tui/progress/schema.py` and their
version in `user_version`. So the export of an older course is brought up to date by the same
migrations, and that of a newer one is recognised and refused. It is taken in one piece, even while
others write.

An import is a union. What both files hold is kept once. Of two entries on the same thing, LATER
says which one stays; a setting that was made here stays.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from exercises.errors import CourseError
from exercises.files import replaced_at_end
from tui.progress.database import Database, ProgressError

# Tables that list what happened. Rows are numbered anew in the order of time, since what is
# "latest" is told by the number.
EVENT_TABLES = (
    *("attempts", "visits", "answers", "testouts", "reviews"),
    *("mistakes", "encounters", "rewrites", "code_reviews"),
)
# Tables with one row for each thing, and whether the row with the later time stays.
LATER = {
    **{"hints": False, "sections_read": False, "steps_seen": False},
    **{"schedules": True, "code_schedules": True, "bookmarks": True},
    **{"figures": True, "exams": True, "exam_exercises": True},
}
TIME = {"schedules": "last_review", "code_schedules": "last_review", "exams": "finished"}
FIRST_HERE = ("sources", "settings", "stays")
TABLES = (*EVENT_TABLES, *LATER, *FIRST_HERE)
KEPT_ON_RESET = ("settings",)


class TransferError(CourseError):
    exit_code = 2


def export(database: Database, file: Path) -> None:
    """Write everything into a new file; one that exists is left alone."""
    if file.exists():
        raise TransferError(f"{file} exists. Give another name, or delete it first.")
    folder = file.parent
    if not folder.is_dir():
        raise TransferError(f"Cannot write to {folder}: there is no such folder.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise TransferError(f"Cannot write to {folder}: you may not write there.")
    with replaced_at_end(file) as temporary:
        try:
            database.copy_into(temporary)
        except ProgressError as error:  # which names the file that is read
            raise CourseError(f"{file} cannot be written: {error.__cause__}.") from error
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())  # what it is a backup of may be deleted next


def take_in(database: Database, file: Path) -> int:
    """Add what `file` holds and is not here yet; returns how many entries these are."""
    with _readable(file) as copy, database.change_with(copy) as db:
        before = _count(db)
        try:
            _merge(db)
        except sqlite3.Error as error:
            raise TransferError(f"{file} is damaged: {error}. Nothing was changed.") from error
        return _count(db) - before


def clear(database: Database) -> None:
    """Forget everything but the settings."""
    with database.change() as db:
        for table in TABLES:
            if table not in KEPT_ON_RESET:
                db.execute(f"DELETE FROM main.{table}")


@contextmanager
def _readable(file: Path) -> Iterator[Path]:
    """A copy of the export, checked and brought up to date. The file itself is never written to."""
    if not file.is_file():
        raise TransferError(f"There is no file {file}.")
    with TemporaryDirectory(prefix="learn-import-") as folder:
        copy = Path(folder, "import.db")
        shutil.copyfile(file, copy)
        if not _is_progress(copy):
            raise TransferError(f"{file} is no export of progress. Nothing was changed.")
        try:
            Database(copy).close()
        except ProgressError as error:
            says = str(error).replace(str(copy), str(file))
            raise TransferError(f"{says} Nothing was changed.") from error
        yield copy


def _is_progress(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            sound = db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False
    return sound and {"attempts", "visits"} <= tables


def _merge(db: sqlite3.Connection) -> None:
    for table in EVENT_TABLES:
        _merge_events(db, table)
    for table, later in LATER.items():
        _merge_latest(db, table, TIME.get(table, "at"), later)
    for table in FIRST_HERE:
        db.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM other.{table}")


def _merge_events(db: sqlite3.Connection, table: str) -> None:
    columns = ", ".join(name for name in _columns(db, table) if name != "id")
    db.execute(
        f"CREATE TEMP TABLE merged AS SELECT {columns}, min(id) AS place FROM"
        f" (SELECT * FROM main.{table} UNION ALL SELECT * FROM other.{table}) GROUP BY {columns}"
    )
    db.execute(f"DELETE FROM main.{table}")
    db.execute(
        f"INSERT OR IGNORE INTO main.{table} ({columns})"
        f" SELECT {columns} FROM merged ORDER BY at, place"
    )
    db.execute("DROP TABLE merged")


def _merge_latest(db: sqlite3.Connection, table: str, time: str, later: bool) -> None:
    columns = _columns(db, table)
    keys = ", ".join(name for name, is_key in columns.items() if is_key)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    sign = ">" if later else "<"
    db.execute(
        # WHERE true tells SQLite that ON belongs to the INSERT, and not to a join
        f"INSERT INTO main.{table} SELECT * FROM other.{table} WHERE true"
        f" ON CONFLICT ({keys}) DO UPDATE SET {changes} WHERE excluded.{time} {sign} {time}"
    )


def _columns(db: sqlite3.Connection, table: str) -> dict[str, bool]:
    """The columns of a table, and whether each is a part of its key."""
    return {row[1]: bool(row[5]) for row in db.execute(f"PRAGMA main.table_info({table})")}


def _count(db: sqlite3.Connection) -> int:
    """How many entries there are; where the learner was is none that they made."""
    counted = (name for name in TABLES if name != "stays")
    return sum(db.execute(f"SELECT count(*) FROM main.{name}").fetchone()[0] for name in counted)
