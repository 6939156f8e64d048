"""Logins at an institution: which member of a class an issuer's subject is."""

import sqlalchemy as sa
from alembic import op

revision = "logins"
down_revision = "regrades"


def upgrade() -> None:
    op.create_table(
        "logins",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.Column("membership_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_logins"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_logins_class_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_logins_membership_id"
        ),
        sa.UniqueConstraint(
            "issuer", "subject", "class_id", name="uq_logins_issuer_subject_class_id"
        ),
        sa.UniqueConstraint("membership_id", name="uq_logins_membership_id"),
    )
