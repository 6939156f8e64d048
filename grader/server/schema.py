"""The tables. A hand-in's row is the queue's row: who is told "received" is in the queue.

What a person is in a class stands in `memberships`; what a role may do stands in `roles.py`. Of
tokens and codes only hashes are kept. A change of a table needs a migration (`migrations/`).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

WAITING, LEASED, DONE, FAILED = "waiting", "leased", "done", "failed"  # states of a hand-in
REGRADED = "regraded"  # of another verdict on one, that does not count yet
IS_AGAIN = text("again_of IS NOT NULL")
NOW, LATER = 0, 1  # priorities
SESSION, CLIENT, CODE = "session", "client", "code"  # kinds of tokens
OPEN, ACCEPTED, DECLINED = "open", "accepted", "declined"  # states of a dispute
DELETED = "deleted"  # issuer of who was deleted: nobody vouches for them any more
# Every constraint has a name, so that a migration can name it, too.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A time with its zone; SQLite keeps none, so what is written is always in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo:
            return value
        return value.replace(tzinfo=UTC)  # type: ignore[no-any-return]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Class(Base):
    """`settings` is the text of `classroom.yaml`; whoever knows `code` may join by it."""

    __tablename__ = "classes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    settings: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)


class Person(Base):
    """Known by who vouches for them, and as whom: never by a name or an e-mail address."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    pseudonym: Mapped[str]


class Membership(Base):
    """`student` is the id in the roster, which `classroom.yaml` and gradebooks name people by.

    `joined_at` is when somebody first came as this person; nobody can then come so by the class's
    code again. `stays_out` is of the class's leaderboard.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("class_id", "person_id"),
        UniqueConstraint("class_id", "student"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("classes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    student: Mapped[str]
    joined_at: Mapped[datetime | None] = mapped_column(Moment)
    stays_out: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    class_: Mapped[Class] = relationship(lazy="joined", innerjoin=True)


class Login(Base):
    """Which member of a class an institution's issuer and subject are."""

    __tablename__ = "logins"
    __table_args__ = (UniqueConstraint("issuer", "subject", "class_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    class_id: Mapped[int] = mapped_column(ForeignKey("classes.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), unique=True)


class Token(Base):
    """What lets somebody in as a member: a browser's session, a terminal, or a code for once."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)

    membership: Mapped[Membership] = relationship(lazy="joined", innerjoin=True)


class HandIn(Base):
    """One answer to one exercise, its place in the queue, and the verdict.

    `files` is JSON, texts by name; `key` is drawn by who sends it, so that what is sent twice is
    there once. `made_at` is the time on the sender's clock, `received_at` that on ours, which
    counts. A lease names who grades it, until when; `tries` counts leases. `failure` says what went
    wrong on our side. `outcome`, `share` (of the points, 0 to 1) and `unprotected` (names of layers
    of the sandbox, with commas) are of the `report`, which is JSON; `signature` is of the document
    that `verdicts.py` makes of it. With `files` it is large, and
    loaded where it is asked for. `suite` is the version of the suite that judged. A row with
    `again_of` is no hand-in, but that one graded once more (`regrades.py`).
    """

    __tablename__ = "hand_ins"
    __table_args__ = (
        UniqueConstraint("membership_id", "key"),
        Index(None, "state", "priority", "id"),
        Index(None, "membership_id", "received_at"),
        Index(None, "graded_at"),
        Index(None, "membership_id", "state", "again_of", "graded_at"),
        # With all the rows that are none, SQLite would look through those for want of statistics.
        Index(None, "again_of", sqlite_where=IS_AGAIN, postgresql_where=IS_AGAIN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    exercise: Mapped[str]
    key: Mapped[str]
    files: Mapped[str] = mapped_column(deferred=True)
    sha256: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime | None] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str]
    priority: Mapped[int]
    tries: Mapped[int]
    lease: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    graded_at: Mapped[datetime | None] = mapped_column(Moment)
    failure: Mapped[str | None]
    outcome: Mapped[str | None]
    share: Mapped[float | None] = mapped_column(Double)
    unprotected: Mapped[str | None]
    report: Mapped[str | None] = mapped_column(deferred=True)
    signature: Mapped[str | None]
    suite: Mapped[str | None]
    again_of: Mapped[int | None] = mapped_column(ForeignKey("hand_ins.id"))

    membership: Mapped[Membership] = relationship(lazy="joined", innerjoin=True)


class Notice(Base):
    """What a member is told of a change of their grade: the verdicts before it are not kept."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    says: Mapped[str]


class Dispute(Base):
    """A member's word that the verdict on a hand-in of theirs is wrong, and what was made of it.

    `answer` is that of the member `decided_by`, and empty while it is open.
    """

    __tablename__ = "disputes"

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_ins.id"), unique=True)
    reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str]
    answer: Mapped[str]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), index=True)

    hand_in: Mapped[HandIn] = relationship(lazy="joined", innerjoin=True)


class Post(Base):
    """A question, an answer to one, or a teacher's note to all who share a mistake.

    `question_id` is that of the question which is answered. `mistake` names the misconception that
    its author had, or that a note is about. `hand_in_id` is the failing hand-in that is shown with
    it. `state` is what people decided; the rest is the judge's: a lease as in the queue, and
    `share`, the most that code in it would give of the points (0 to 1; None: not judged yet).
    """

    __tablename__ = "posts"
    __table_args__ = (
        Index(None, "class_id", "exercise", "id"),
        Index(None, "share", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("classes.id"))
    exercise: Mapped[str]
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    hand_in_id: Mapped[int | None] = mapped_column(ForeignKey("hand_ins.id"))
    kind: Mapped[str]
    text: Mapped[str]
    mistake: Mapped[str | None]
    is_named: Mapped[bool]
    has_helped: Mapped[bool]
    state: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    share: Mapped[float | None] = mapped_column(Double)
    tries: Mapped[int]
    lease: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(Moment)

    membership: Mapped[Membership] = relationship(lazy="joined", innerjoin=True)
    hand_in: Mapped[HandIn | None] = relationship()


class PostEvent(Base):
    """Who did what to a post, when, and why: only ever added to."""

    __tablename__ = "post_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    what: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)

    membership: Mapped[Membership] = relationship(lazy="joined", innerjoin=True)
    post: Mapped[Post] = relationship(lazy="joined", innerjoin=True)
