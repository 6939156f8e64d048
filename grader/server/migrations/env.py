"""Alembic runs this: the migrations, within the transaction that `database.py` has begun."""

from alembic import context

from grader.server.schema import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
