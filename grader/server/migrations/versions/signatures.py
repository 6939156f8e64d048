"""A verdict's signature, beside the verdict."""

import sqlalchemy as sa
from alembic import op

revision = "signatures"
down_revision = "threads"


def upgrade() -> None:
    op.add_column("hand_ins", sa.Column("signature", sa.String))
