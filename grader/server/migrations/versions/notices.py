"""What members were told of their grades, since the reports before a regrade are not kept."""

import sqlalchemy as sa
from alembic import op

revision = "notices"
down_revision = "pace"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("membership_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("says", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_notices_membership_id"
        ),
    )
    op.create_index("ix_notices_membership_id", "notices", ["membership_id"])
