"""A database of every earlier schema, with a row in each of its tables, becomes one of today's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, create_engine, insert, select, text

from grader.errors import UsageError
from grader.server.database import MIGRATIONS, Database
from grader.server.schema import Base, HandIn

VALUES = {int: 1, float: 0.5, bool: True, datetime: datetime(2026, 9, 1, 12, tzinfo=UTC)}
CONFIG = Config()
CONFIG.set_main_option("script_location", str(MIGRATIONS))
EARLIER = [one.revision for one in ScriptDirectory.from_config(CONFIG).walk_revisions()][1:]
Rows = dict[str, Sequence[dict[str, Any]]]


def value(column: Column[Any]) -> object:
    """Texts differ by column, and each could be a report; a number that is a key leads to row 1."""
    made_up = json.dumps({"is": column.name, "provenance": {"suite_version": column.name}})
    return VALUES.get(column.type.python_type, made_up)


def fill(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if table.name != "alembic_version":
            row = {column.name: value(column) for column in table.columns}
            connection.execute(insert(table), row)


def rows(connection: Connection) -> Rows:
    tables = MetaData()
    tables.reflect(connection)
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in tables.sorted_tables
        if table.name != "alembic_version"
    }


@pytest.mark.parametrize("revision", EARLIER)
def test_rows_of_an_earlier_schema_are_there_after_it(database_url: str, revision: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        CONFIG.attributes["connection"] = connection
        command.upgrade(CONFIG, revision)
        fill(connection)
        before = rows(connection)
    engine.dispose()
    assert before["hand_ins"]

    opened = Database(database_url)
    with opened.reading() as session:
        after = rows(session.connection())
        for table, (row,) in before.items():
            (kept,) = after[table]
            assert {name: kept[name] for name in row} == row
        for mapper in Base.registry.mappers:
            found = session.scalars(select(mapper.class_)).all()
            assert len(found) == len(before.get(mapper.local_table.name, ()))  # type: ignore[attr-defined]
        if "suite" not in before["hand_ins"][0]:
            assert session.scalars(select(HandIn)).one().suite == "report", "as its report says"
    opened.close()


def test_the_migrations_make_what_the_program_expects(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_an_older_program_leaves_what_a_newer_one_wrote(database_url: str) -> None:
    Database(database_url).close()
    engine = create_engine(database_url)
    with engine.begin() as connection:
        fill(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = 'of tomorrow'"))
        before = rows(connection)
    with pytest.raises(UsageError, match="Install that version again, or come back to a backup"):
        Database(database_url)
    with engine.begin() as connection:
        assert rows(connection) == before
    engine.dispose()
