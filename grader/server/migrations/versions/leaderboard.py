"""Who stays out of the leaderboard; nobody so far, since there was none."""

import sqlalchemy as sa
from alembic import op

revision = "leaderboard"
down_revision = "logins"


def upgrade() -> None:
    op.add_column(
        "memberships",
        sa.Column("stays_out", sa.Boolean, nullable=False, server_default=sa.false()),
    )
