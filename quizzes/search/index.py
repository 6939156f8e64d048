"""Full text search over the course, with SQLite's FTS5: offline, and at once.

The index is a file that may be deleted at any time. It is keyed by a hash of all that it was made
from, so a changed lesson, or a damaged file, makes a new one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from exercises.files import write_atomically
from quizzes.search import query
from quizzes.search.documents import Document, Sort

DEFAULT_HITS = 8
CANDIDATES = 100
OF_A_SORT = 3
# A word in the title says more about a document than one in its text, and a section that explains
# something is a better place to go than one of many cards about it.
SORT_FACTORS = {"lesson": 2.0, "term": 1.5, "faq": 1.2, "card": 0.8}
RANK = "bm25(documents, 0, 0, 0, 0, 0, 8.0, 1.0) * CASE sort {} ELSE 1.0 END".format(
    " ".join(f"WHEN '{sort}' THEN {factor}" for sort, factor in SORT_FACTORS.items())
)

IndexRow = tuple[Sort, str, str, str, str]

INDEX_SCHEMA = (
    "CREATE TABLE made_from (fingerprint TEXT)",
    "CREATE VIRTUAL TABLE documents USING fts5(sort UNINDEXED, id UNINDEXED, shown_title UNINDEXED,"
    " shown_text UNINDEXED, command UNINDEXED, title, text,"
    " tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(documents, row)",
)


@dataclass(frozen=True)
class Hit:
    """`title` and `excerpt`, a whole paragraph, are Markdown; `command` leads there."""

    sort: Sort
    id: str
    title: str
    excerpt: str
    command: str


@dataclass(frozen=True)
class Found:
    """`instead` is what was searched where nothing holds the words as they were typed."""

    hits: tuple[Hit, ...]
    instead: str | None = None


class Index:
    """`cache` is where the index is kept; without it, or where it cannot be, it is in memory."""

    def __init__(
        self,
        cache: Path | None,
        files: Sequence[Path],
        documents: Callable[[], Iterable[Document]],
    ) -> None:
        self._cache = cache
        self._documents = documents
        self._fingerprint = _fingerprint(files)
        self._db = self._cached() or self._made()

    def search(self, typed: str, limit: int = DEFAULT_HITS, sort: Sort | None = None) -> Found:
        """The best hits first, of one sort where it is given. Words may be unfinished."""
        try:
            return self._search(typed, limit, sort)
        except sqlite3.DatabaseError:
            # The file was damaged where opening it did not look.
            self._db = self._made()
            return self._search(typed, limit, sort)

    def _search(self, typed: str, limit: int, sort: Sort | None) -> Found:
        asked = query.normalised(typed)
        if not asked:
            return Found(())
        for match in (query.all_of(typed), query.any_of(typed)):
            if hits := self._hits(match, asked, limit, sort):
                return Found(hits)
        meant = self._meant(asked)
        if not meant:
            return Found(())
        return Found(self._hits(query.any_of(meant), meant, limit, sort), meant)

    def _hits(self, match: str, asked: str, limit: int, sort: Sort | None) -> tuple[Hit, ...]:
        rows = self._db.execute(
            "SELECT sort, id, shown_title, shown_text, command FROM documents"
            " WHERE documents MATCH :match AND sort = ifnull(:sort, sort)"
            # A title that begins with what was typed is most likely meant, while it is typed.
            f" ORDER BY title = :asked DESC, {RANK}"
            " * (1 + (instr(title, :asked) > 0) + (instr(title, :asked) = 1)), rowid LIMIT :most",
            {"match": match, "sort": sort, "asked": asked, "most": CANDIDATES},
        ).fetchall()
        return tuple(
            Hit(sort, id, title, query.telling_part(text, asked), command)
            for sort, id, title, text, command in _varied(rows, limit)
        )

    def _meant(self, asked: str) -> str | None:
        """The words of the course that are nearest to those typed."""
        from difflib import get_close_matches

        known = [term for (term,) in self._db.execute("SELECT term FROM vocabulary")]
        near = [get_close_matches(word, known, n=1, cutoff=0.7) for word in asked.split()]
        return " ".join(word for found in near for word in found) or None

    def _cached(self) -> sqlite3.Connection | None:
        if not self._cache or not self._cache.exists():
            return None
        db = None
        try:
            db = sqlite3.connect(f"{self._cache.resolve().as_uri()}?mode=ro", uri=True)
            if db.execute("SELECT fingerprint FROM made_from").fetchone() == (self._fingerprint,):
                return db
        except sqlite3.DatabaseError:
            pass  # damaged, or of another version
        if db:
            db.close()
        return None

    def _made(self) -> sqlite3.Connection:
        db = sqlite3.connect(":memory:", check_same_thread=False)
        for statement in INDEX_SCHEMA:
            db.execute(statement)
        db.execute("INSERT INTO made_from VALUES (?)", (self._fingerprint,))
        db.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    document.sort,
                    document.id,
                    document.title,
                    document.text,
                    document.command,
                    query.normalised(document.title),
                    query.normalised(document.text),
                )
                for document in self._documents()
            ),
        )
        db.commit()
        self._keep(db)
        return db

    def _keep(self, db: sqlite3.Connection) -> None:
        """Write the index where the next search finds it, in one step."""
        if not self._cache:
            return
        # A disk that is full or read-only makes the next search slower, and nothing worse.
        with suppress(OSError, sqlite3.Error):
            write_atomically(self._cache, db.serialize())


def _varied(rows: list[IndexRow], limit: int) -> list[IndexRow]:
    """The best rows, with those beyond the first few of a sort behind all others."""
    counts: Counter[str] = Counter()
    first: list[IndexRow] = []
    further: list[IndexRow] = []
    for row in rows:
        counts[row[0]] += 1
        (first if counts[row[0]] <= OF_A_SORT else further).append(row)
    return [*first, *further][:limit]


def _fingerprint(files: Sequence[Path]) -> str:
    # Also of the code that makes the index: a new version reads the texts in another way.
    digest = hashlib.blake2b(digest_size=16)
    for file in [Path(__file__), Path(query.__file__), *files]:
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()
