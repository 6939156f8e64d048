"""An index for the pace at which hand-ins are graded, which everybody who waits asks for."""

from alembic import op

revision = "pace"
down_revision = "leaderboard"


def upgrade() -> None:
    op.create_index("ix_hand_ins_graded_at", "hand_ins", ["graded_at"])
