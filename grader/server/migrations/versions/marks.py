"""An index for how much is graded in a class, which each open page of it asks every few seconds.

The one for second verdicts has no more than those: SQLite took it for all that is none.
"""

import sqlalchemy as sa
from alembic import op

revision = "marks"
down_revision = "disputes"
AGAIN = "ix_hand_ins_again_of"
IS_AGAIN = sa.text("again_of IS NOT NULL")


def upgrade() -> None:
    columns = ["membership_id", "state", "again_of", "graded_at"]
    op.create_index(f"ix_hand_ins_{'_'.join(columns)}", "hand_ins", columns)
    op.drop_index(AGAIN, "hand_ins")
    op.create_index(
        AGAIN, "hand_ins", ["again_of"], sqlite_where=IS_AGAIN, postgresql_where=IS_AGAIN
    )
