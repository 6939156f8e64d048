"""What a batch found, in one SQLite file that can be read and continued at any moment.

Verdicts are of files, not of people: whoever hands in the same bytes has the same one. By which
version of its suite an answer is judged is noted with the answer; only `grader regrade` changes it.
Nothing here knows of due dates or points; those are applied when results are asked for.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from grader.classroom.graded import Graded
from grader.classroom.kept import NOTHING_MOVED, HandedIn, Kept, Key, Moved, Verdict
from grader.classroom.progress import share
from grader.errors import UsageError
from grader.report import Report

__all__ = ["HandedIn", "Kept", "Key", "Moved", "Store", "Verdict"]

VERSION = 3
SCHEMA = f"""
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
CREATE TABLE IF NOT EXISTS contents (content TEXT PRIMARY KEY, refusal TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS files (
    content TEXT, name TEXT, source BLOB NOT NULL, PRIMARY KEY (content, name)
) STRICT;
CREATE TABLE IF NOT EXISTS receipts (
    student TEXT, hand_in TEXT, line TEXT NOT NULL, PRIMARY KEY (student, hand_in)
) STRICT;
PRAGMA user_version = {VERSION};
"""
# Whether an answer has a verdict that counts.
JUDGED = (
    "EXISTS (SELECT 1 FROM verdicts WHERE verdicts.content = answers.content"
    " AND verdicts.suite = answers.suite AND verdicts.outcome != 'error')"
)
LATEST = "content = ? AND suite = ? ORDER BY rowid DESC LIMIT 1"
APPLICATION = 0x4C545242  # "LTRB", so that another program's file is not taken for ours


class Store:
    """Raises `UsageError` for a file that is none of ours; as a context, also where it cannot be
    read or written meanwhile. Who only reads it needs no leave to write.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        is_new = not file.exists() or not file.stat().st_size
        try:
            self._database = sqlite3.connect(file, isolation_level=None)  # each statement at once
            (application,) = self._database.execute("PRAGMA application_id").fetchone()
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if not is_new and application != APPLICATION:
                raise UsageError(f"{file} is no file of a batch. Name another one.")
            if version < VERSION:
                self._database.execute(f"PRAGMA application_id = {APPLICATION}")
                self._database.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise UsageError(f"{file} cannot be used: {error}.") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._database.close()
        if isinstance(error, sqlite3.Error):
            raise UsageError(
                f"{self._file} cannot be used: {error}. What it keeps is safe; mend that, and run"
                " the command again."
            ) from None

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
        answers: Mapping[str, HandedIn],
    ) -> tuple[str, set[str]]:
        """Note what was handed in; returns the digest by which it is known, and the exercises that
        have no verdict yet.

        The same bytes sent again later are from the first time, and keep the verdict that they have
        even if the suite has changed. Our own error is no verdict: it is tried again.
        """
        at = handed_in.isoformat() if handed_in else None
        with _transaction(self._database):
            content = self._known_as(student, answers) or content
            self._database.execute(
                "INSERT OR IGNORE INTO hand_ins VALUES (?, ?, ?, ?, ?)",
                (student, content, name, at, is_late),
            )
            for exercise, answer in answers.items():
                self._answer(student, content, exercise, answer)
        query = f"SELECT exercise FROM answers WHERE student = ? AND hand_in = ? AND NOT {JUDGED}"
        return content, {row[0] for row in self._database.execute(query, (student, content))}

    def _known_as(self, student: str, answers: Mapping[str, HandedIn]) -> str | None:
        """The earlier hand-in of the same bytes, as far as both were looked at: which exercises
        count may have changed since.
        """
        query = "SELECT content FROM hand_ins WHERE student = ? ORDER BY rowid"
        for (earlier,) in self._database.execute(query, (student,)).fetchall():
            before = self.came(student, earlier)[1]
            shared = before.keys() & answers.keys()
            if shared and all(before[id] == answers[id].key.content for id in shared):
                return str(earlier)
        return None

    def _answer(self, student: str, hand_in: str, exercise: str, answer: HandedIn) -> None:
        content = answer.key.content
        self._database.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            f" SET suite = excluded.suite WHERE NOT {JUDGED}",
            (student, hand_in, exercise, content, answer.key.suite),
        )
        self._database.execute(
            "INSERT OR IGNORE INTO contents VALUES (?, ?)", (content, answer.refusal)
        )
        self._database.executemany(
            "INSERT OR IGNORE INTO files VALUES (?, ?, ?)",
            [(content, name, source) for name, source in answer.files.items()],
        )

    def has_verdict(self, key: Key) -> bool:
        query = (
            "SELECT 1 FROM verdicts WHERE content = ? AND suite = ? AND seed = ? AND device = ?"
            " AND outcome != 'error'"
        )
        values = (key.content, key.suite, key.seed, key.device)
        return self._database.execute(query, values).fetchone() is not None

    def add(self, key: Key, report: Report) -> None:
        """Keep a verdict. The first one stays; our own error gives way."""
        values = (key.content, key.suite, key.seed, key.device, report.outcome, share(report))
        text = json.dumps(report.to_dict(), ensure_ascii=False)
        self._database.execute(
            "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " outcome = excluded.outcome, share = excluded.share, report = excluded.report"
            " WHERE outcome = 'error'",
            (*values, text),
        )

    def hand_ins(self, moved: Moved = NOTHING_MOVED) -> Iterator[Kept]:
        """All that was handed in, by student, in the order in which it came.

        With `moved`, as it would be if those answers were judged by another suite.
        """
        rows = self._database.execute(
            "SELECT student, content, name, handed_in, is_late FROM hand_ins"
            " ORDER BY student, rowid"
        )
        for student, content, name, at, is_late in rows.fetchall():
            handed_in = datetime.fromisoformat(at) if at else None
            verdicts = dict(self._verdicts(student, content, moved))
            yield Kept(student, name, handed_in, bool(is_late), verdicts, content)

    def graded(self) -> Iterator[Graded]:
        """All verdicts with who handed in what, by student, in the order in which it came."""
        rows = self._database.execute(
            "SELECT answers.student, handed_in, report, source FROM answers"
            " JOIN hand_ins ON hand_ins.student = answers.student"
            " AND hand_ins.content = answers.hand_in"
            " JOIN verdicts ON verdicts.content = answers.content"
            " AND verdicts.suite = answers.suite"
            " LEFT JOIN files ON files.content = answers.content"
            " AND files.name = answers.exercise || '.py'"
            " ORDER BY hand_ins.student, hand_ins.rowid"
        )
        for student, at, report, source in rows:
            handed_in = datetime.fromisoformat(at) if at else None
            found = Report.from_dict(json.loads(report))
            text = None if source is None else source.decode("utf-8-sig", "replace")
            yield Graded(student, found, at=handed_in, source=text)

    def judged_by_others(self, suites: Mapping[str, str]) -> Iterator[tuple[str, Key]]:
        """The exercise and the key of each verdict that counts and is not of these `suites`."""
        rows = self._database.execute(
            "SELECT DISTINCT exercise, verdicts.content, verdicts.suite, seed, device FROM answers"
            " JOIN verdicts USING (content, suite) WHERE outcome != 'error' ORDER BY 1, 2"
        )
        for exercise, *key in rows.fetchall():
            if suites.get(exercise, key[1]) != key[1]:
                yield exercise, Key(*key)

    def handed_in(self, key: Key) -> HandedIn | None:
        """None where an older version kept the verdict without the files."""
        row = self._database.execute(
            "SELECT refusal FROM contents WHERE content = ?", (key.content,)
        ).fetchone()
        return HandedIn(key, row[0], self.files(key.content)) if row else None

    def files(self, content: str) -> dict[str, bytes]:
        """Of an answer, by their names."""
        query = "SELECT name, source FROM files WHERE content = ?"
        return dict(self._database.execute(query, (content,)).fetchall())

    def came(self, student: str, hand_in: str) -> tuple[datetime | None, dict[str, str]]:
        """When a hand-in came, if that is known, and the content of each answer in it."""
        of = (student, hand_in)
        query = "SELECT handed_in FROM hand_ins WHERE student = ? AND content = ?"
        (at,) = self._database.execute(query, of).fetchone()
        query = "SELECT exercise, content FROM answers WHERE student = ? AND hand_in = ?"
        answers = dict(self._database.execute(query, of).fetchall())
        return datetime.fromisoformat(at) if at else None, answers

    def receipt(self, student: str, hand_in: str, line: str) -> str:
        """The receipt that was given first, or this one, which is given now."""
        given = (student, hand_in, line)
        self._database.execute("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?)", given)
        query = "SELECT line FROM receipts WHERE student = ? AND hand_in = ?"
        return str(self._database.execute(query, given[:2]).fetchone()[0])

    def move(self, moved: Moved) -> None:
        """From now on these answers are judged by the other suites."""
        with _transaction(self._database):
            self._database.executemany(
                "UPDATE answers SET suite = ? WHERE content = ? AND suite = ?",
                [(new, content, old) for (content, old), new in moved.items()],
            )

    def report(self, content: str, suite: str) -> Report | None:
        """The latest on this answer by this suite."""
        query = f"SELECT report FROM verdicts WHERE {LATEST}"
        row = self._database.execute(query, (content, suite)).fetchone()
        return Report.from_dict(json.loads(row[0])) if row else None

    def students(self, content: str, suite: str) -> list[str]:
        """Who handed in this answer, and is judged by this suite."""
        query = "SELECT DISTINCT student FROM answers WHERE content = ? AND suite = ? ORDER BY 1"
        return [student for (student,) in self._database.execute(query, (content, suite))]

    def judged_by(self, hand_in: Kept, exercise: str) -> tuple[str, str]:
        """The content of an answer, and the version of the suite that it is judged by."""
        query = "SELECT content, suite FROM answers WHERE student = ? AND hand_in = ?"
        values = (hand_in.student, hand_in.content, exercise)
        content, suite = self._database.execute(f"{query} AND exercise = ?", values).fetchone()
        return content, suite

    def _verdicts(
        self, student: str, hand_in: str, moved: Moved
    ) -> Iterator[tuple[str, Verdict | None]]:
        query = "SELECT exercise, content, suite FROM answers WHERE student = ? AND hand_in = ?"
        latest = f"SELECT outcome, share, report FROM verdicts WHERE {LATEST}"
        for exercise, content, suite in self._database.execute(query, (student, hand_in)):
            suite = moved.get((content, suite), suite)
            row = self._database.execute(latest, (content, suite)).fetchone()
            yield exercise, _verdict(*row) if row else None


def _verdict(outcome: str, share: float, report: str) -> Verdict:
    layers: dict[str, Any] = json.loads(report)["layers"]
    missing = tuple(layer for layer, state in layers.items() if state == "missing")
    return Verdict(outcome, share, missing)


class _transaction:
    """All or nothing, also when the process is killed."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._database.execute("ROLLBACK" if kind else "COMMIT")
