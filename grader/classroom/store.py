"""What a batch found, in one SQLite file that can be read and continued at any moment.

Verdicts are of files, not of people: whoever hands in the same bytes has the same one. Nothing
here knows of due dates or points; those are applied when results are asked for.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.classroom.graded import Graded
from grader.errors import UsageError
from grader.report import Report

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS verdicts (
    content TEXT, suite TEXT, seed INTEGER, device TEXT,
    outcome TEXT NOT NULL, share REAL NOT NULL, report TEXT NOT NULL,
    PRIMARY KEY (content, suite, seed, device)
) STRICT;
CREATE TABLE IF NOT EXISTS hand_ins (
    student TEXT, content TEXT, name TEXT NOT NULL, handed_in TEXT, is_late INTEGER NOT NULL,
    PRIMARY KEY (student, content)
) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    student TEXT, hand_in TEXT, exercise TEXT, content TEXT NOT NULL, suite TEXT NOT NULL,
    PRIMARY KEY (student, hand_in, exercise)
) STRICT;
CREATE TABLE IF NOT EXISTS sources (content TEXT PRIMARY KEY, source TEXT NOT NULL) STRICT;
PRAGMA user_version = 1;
"""
APPLICATION = 0x4C545242  # "LTRB", so that another program's file is not taken for ours


@dataclass(frozen=True)
class Key:
    """What a verdict depends on. `content` is a digest of the answer's files and its exercise."""

    content: str
    suite: str
    seed: int
    device: str


@dataclass(frozen=True)
class Verdict:
    """`share` of the points, from 0 to 1; `unprotected` names missing layers of the sandbox."""

    outcome: str
    share: float
    unprotected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A hand-in and its verdicts by exercise; None where one is not graded yet."""

    student: str
    name: str
    handed_in: datetime | None
    is_late: bool
    verdicts: Mapping[str, Verdict | None]


class Store:
    """Raises `UsageError` for a file that is none of ours, or that cannot be used."""

    def __init__(self, file: Path) -> None:
        self._file = file
        is_new = not file.exists() or not file.stat().st_size
        try:
            self._database = sqlite3.connect(file, isolation_level=None)  # each statement at once
            (application,) = self._database.execute("PRAGMA application_id").fetchone()
            if not is_new and application != APPLICATION:
                raise UsageError(f"{file} is no file of a batch. Name another one.")
            self._database.execute(f"PRAGMA application_id = {APPLICATION}")
            self._database.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise UsageError(f"{file} cannot be used: {error}.") from None

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else grades into it meanwhile; everybody may read. Raises `UsageError` where
        somebody does. The lock is a file of its own: SQLite locks this one for moments, in its way.
        """
        file = self._file.resolve()
        with file.with_name(f"{file.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"Another `grader batch` works on {self._file} at this moment."
                    " Wait until it has ended, or name another --store."
                ) from None
            yield

    def setting(self, name: str, otherwise: str) -> str:
        """What was set first, or `otherwise`, which is set then."""
        self._database.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, otherwise))
        query = "SELECT value FROM settings WHERE name = ?"
        return str(self._database.execute(query, (name,)).fetchone()[0])

    def hand_in(
        self,
        student: str,
        content: str,
        name: str,
        handed_in: datetime | None,
        is_late: bool,
        answers: Mapping[str, Key],
    ) -> None:
        """Note what was handed in. The same bytes sent again later are from the first time."""
        at = handed_in.isoformat() if handed_in else None
        with _transaction(self._database):
            self._database.execute(
                "INSERT OR IGNORE INTO hand_ins VALUES (?, ?, ?, ?, ?)",
                (student, content, name, at, is_late),
            )
            self._database.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
                [
                    (student, content, exercise, key.content, key.suite)
                    for exercise, key in answers.items()
                ],
            )

    def has_verdict(self, key: Key) -> bool:
        """Our own error is no verdict: it is tried again."""
        query = (
            "SELECT 1 FROM verdicts WHERE content = ? AND suite = ? AND seed = ? AND device = ?"
            " AND outcome != 'error'"
        )
        values = (key.content, key.suite, key.seed, key.device)
        return self._database.execute(query, values).fetchone() is not None

    def add(self, key: Key, report: Report, source: str | None = None) -> None:
        """Keep a verdict, and the graded file. The first one stays; our own error gives way."""
        share = report.points / report.max_points if report.max_points else 0.0
        values = (key.content, key.suite, key.seed, key.device, report.outcome, share)
        text = json.dumps(report.to_dict(), ensure_ascii=False)
        self._database.execute(
            "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " outcome = excluded.outcome, share = excluded.share, report = excluded.report"
            " WHERE outcome = 'error'",
            (*values, text),
        )
        if source is not None:
            self._database.execute(
                "INSERT OR IGNORE INTO sources VALUES (?, ?)", (key.content, source)
            )

    def hand_ins(self) -> Iterator[Kept]:
        """All that was handed in, by student, in the order in which it came."""
        rows = self._database.execute(
            "SELECT student, content, name, handed_in, is_late FROM hand_ins"
            " ORDER BY student, rowid"
        )
        for student, content, name, at, is_late in rows.fetchall():
            handed_in = datetime.fromisoformat(at) if at else None
            verdicts = dict(self._verdicts(student, content))
            yield Kept(student, name, handed_in, bool(is_late), verdicts)

    def graded(self) -> Iterator[Graded]:
        """All verdicts with who handed in what, by student, in the order in which it came."""
        rows = self._database.execute(
            "SELECT answers.student, handed_in, report, source FROM answers"
            " JOIN hand_ins ON hand_ins.student = answers.student"
            " AND hand_ins.content = answers.hand_in"
            " JOIN verdicts ON verdicts.content = answers.content"
            " AND verdicts.suite = answers.suite"
            " LEFT JOIN sources ON sources.content = answers.content"
            " ORDER BY hand_ins.student, hand_ins.rowid"
        )
        for student, at, report, source in rows:
            handed_in = datetime.fromisoformat(at) if at else None
            found = Report.from_dict(json.loads(report))
            yield Graded(student, found, at=handed_in, source=source)

    def _verdicts(self, student: str, hand_in: str) -> Iterator[tuple[str, Verdict | None]]:
        query = (
            "SELECT exercise, outcome, share, report FROM answers LEFT JOIN verdicts"
            " USING (content, suite) WHERE student = ? AND hand_in = ? ORDER BY verdicts.rowid"
        )
        for exercise, outcome, share, report in self._database.execute(query, (student, hand_in)):
            if outcome is None:
                yield exercise, None
            else:
                layers: dict[str, Any] = json.loads(report)["layers"]
                missing = tuple(layer for layer, state in layers.items() if state == "missing")
                yield exercise, Verdict(outcome, share, missing)


class _transaction:
    """All or nothing, also when the process is killed."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._database.execute("ROLLBACK" if kind else "COMMIT")
