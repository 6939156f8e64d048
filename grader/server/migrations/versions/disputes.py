"""What students said against a verdict, and what was made of it; nothing so far."""

import sqlalchemy as sa
from alembic import op

revision = "disputes"
down_revision = "notices"


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hand_in_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
        sa.UniqueConstraint("hand_in_id", name="uq_disputes_hand_in_id"),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_ins.id"], name="fk_disputes_hand_in_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["memberships.id"], name="fk_disputes_decided_by"),
    )
    op.create_index("ix_disputes_decided_by", "disputes", ["decided_by"])
