"""The database: SQLite by default, PostgreSQL where it is named. All that differs stands here."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from exercises.files import replaced_at_end
from grader.errors import UsageError

FILE = "class.sqlite"
MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_WAITS = 30.0  # seconds for another's transaction, which takes milliseconds
NEWER = (
    "A newer version of this program has used the database, and this one does not know its tables."
    " Install that version again, or come back to a backup that was made before it."
)
CONNECTIONS = 50  # at most, of a pool; as many as a web server's threads


class Database:
    """Opened and brought to today's schema. Raises `UsageError` where it cannot be.

    There is no way back: what a newer schema has would be lost on it. A backup is the way.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        try:
            self._migrate()
        except (SQLAlchemyError, OSError) as error:
            said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise UsageError(
                f"The database cannot be used: {said}. Is it running, and is --database right?"
            ) from None

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        """The embedded one, which needs nothing but the folder."""
        return cls(f"sqlite:///{folder / FILE}")

    @property
    def is_embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """What was read stays readable when the session has ended."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of it is there when this ends, or nothing."""
        with Session(self._for_writing(), expire_on_commit=False) as session, session.begin():
            yield session

    def backup(self, file: Path) -> None:
        """All that is kept as of now, in a new file; a server may be at work. Raises `UsageError`.

        To come back to it, put the file in the place of the embedded database.
        """
        if not self.is_embedded:
            raise UsageError("PostgreSQL has a command of its own for this: pg_dump.")
        if file.exists():
            raise UsageError(f"{file} is there already, and is left as it is. Give another name.")
        with replaced_at_end(file) as temporary, self.engine.connect() as connection:
            temporary.touch(0o600)
            with closing(sqlite3.connect(temporary)) as copy:
                driver: Any = connection.connection.driver_connection
                driver.backup(copy)

    def close(self) -> None:
        self.engine.dispose()

    def _for_writing(self) -> Engine:
        return self.engine.execution_options(begin="IMMEDIATE") if self.is_embedded else self.engine

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
        with self._for_writing().begin() as connection:
            if {*MigrationContext.configure(connection).get_current_heads()} - known:
                raise UsageError(NEWER)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True)
    except (SQLAlchemyError, ImportError, ValueError):
        raise UsageError(
            "--database must be like postgresql+psycopg://user@host/name. Without it, everything"
            " is kept in the folder of --data."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and not where we say so
    for pragma in (
        f"busy_timeout = {SQLITE_WAITS * 1000:.0f}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what a student was told is received survives a power cut
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    """Who is going to write asks for the lock first: one who has read before may not get it."""
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
