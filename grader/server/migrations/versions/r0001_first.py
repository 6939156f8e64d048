"""Classes, people, what they are to each other, what lets them in, and what they hand in."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("settings", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
        sa.UniqueConstraint("name", name="uq_classes_name"),
        sa.UniqueConstraint("code", name="uq_classes_code"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("pseudonym", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("issuer", "subject", name="uq_people_issuer_subject"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("student", sa.String, nullable=False),
        sa.Column("joined_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_memberships_class_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memberships_person_id"),
        sa.UniqueConstraint("class_id", "person_id", name="uq_memberships_class_id_person_id"),
        sa.UniqueConstraint("class_id", "student", name="uq_memberships_class_id_student"),
    )
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("membership_id", sa.Integer, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_tokens_membership_id"
        ),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
    )
    op.create_index("ix_tokens_membership_id", "tokens", ["membership_id"])
    op.create_table(
        "hand_ins",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("membership_id", sa.Integer, nullable=False),
        sa.Column("exercise", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("files", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("made_at", MOMENT),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease", sa.String),
        sa.Column("lease_until", MOMENT),
        sa.Column("graded_at", MOMENT),
        sa.Column("failure", sa.String),
        sa.Column("outcome", sa.String),
        sa.Column("share", sa.Double),
        sa.Column("unprotected", sa.String),
        sa.Column("report", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_hand_ins"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_hand_ins_membership_id"
        ),
        sa.UniqueConstraint("membership_id", "key", name="uq_hand_ins_membership_id_key"),
    )
    op.create_index("ix_hand_ins_state_priority_id", "hand_ins", ["state", "priority", "id"])
    op.create_index(
        "ix_hand_ins_membership_id_received_at", "hand_ins", ["membership_id", "received_at"]
    )
