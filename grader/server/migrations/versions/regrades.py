"""By which suite a verdict is, and rows for verdicts by a later one."""

import json

import sqlalchemy as sa
from alembic import op

revision = "regrades"
down_revision = "signatures"
INDEX = "ix_hand_ins_again_of"


def upgrade() -> None:
    op.add_column("hand_ins", sa.Column("suite", sa.String))
    # In one statement, which both databases know: SQLite adds no key to a column that is there.
    op.execute(
        "ALTER TABLE hand_ins ADD COLUMN again_of INTEGER"
        " CONSTRAINT fk_hand_ins_again_of REFERENCES hand_ins (id)"
    )
    op.create_index(INDEX, "hand_ins", ["again_of"])
    rows = sa.table("hand_ins", sa.column("id"), sa.column("report"), sa.column("suite"))
    connection = op.get_bind()
    for id in connection.scalars(sa.select(rows.c.id).where(rows.c.report.is_not(None))).all():
        text = connection.scalar(sa.select(rows.c.report).where(rows.c.id == id))
        suite = (json.loads(text or "{}").get("provenance") or {}).get("suite_version")
        connection.execute(sa.update(rows).where(rows.c.id == id).values(suite=suite))
