"""Threads between peers: posts, and what was done to them."""

import sqlalchemy as sa
from alembic import op

revision = "threads"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.Column("exercise", sa.String, nullable=False),
        sa.Column("membership_id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer),
        sa.Column("hand_in_id", sa.Integer),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("mistake", sa.String),
        sa.Column("is_named", sa.Boolean, nullable=False),
        sa.Column("has_helped", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("share", sa.Double),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease", sa.String),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_posts_class_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_posts_membership_id"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["posts.id"], name="fk_posts_question_id"),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_ins.id"], name="fk_posts_hand_in_id"),
    )
    op.create_index("ix_posts_class_id_exercise_id", "posts", ["class_id", "exercise", "id"])
    op.create_index("ix_posts_share_lease_until", "posts", ["share", "lease_until"])
    op.create_index("ix_posts_membership_id", "posts", ["membership_id"])
    op.create_index("ix_posts_question_id", "posts", ["question_id"])
    op.create_table(
        "post_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("membership_id", sa.Integer, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post_events"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_events_post_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_post_events_membership_id"
        ),
    )
    op.create_index("ix_post_events_post_id", "post_events", ["post_id"])
