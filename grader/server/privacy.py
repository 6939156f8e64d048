"""What is kept of a person: exported whole, deleted on request, and cleared when its time is over.

To delete a person is to delete who they are: name, id, sessions, files, reports and posts. The bare
numbers of what was graded stay under a drawn name, until the class's time for grades is over.
"""

import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, delete, exists, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, undefer

from grader.errors import UsageError
from grader.server import tokens
from grader.server.database import Database
from grader.server.disputes import decision, disputes_by, facts
from grader.server.gradebook import grade, hand_ins, notices
from grader.server.members import classroom, ids_of_members
from grader.server.queue import NO_FILES, utc_now
from grader.server.roles import Role
from grader.server.schema import (
    DELETED,
    DONE,
    FAILED,
    REGRADED,
    Class,
    Dispute,
    HandIn,
    Login,
    Membership,
    Notice,
    Person,
    Post,
    PostEvent,
    Token,
)
from grader.server.thread_view import State

GRADES_OF_DELETED = 730  # days, where classroom.yaml says nothing
LOOKS = 3600.0  # seconds between two looks for what has had its time
log = logging.getLogger(__name__)


def exported(session: Session, person: Person) -> dict[str, Any]:
    """All that is kept of them, for JSON, in nobody else's words but those that were said to them.
    Of what lets them in there are only hashes, left out.
    """
    return {
        "name": person.name,
        "pseudonym": person.pseudonym,
        "known_by": {"issuer": person.issuer, "subject": person.subject},
        "classes": [_membership(session, one) for one in _memberships(session, person)],
    }


def _memberships(session: Session, person: Person) -> list[Membership]:
    return list(session.scalars(select(Membership).where(Membership.person_id == person.id)))


def _membership(session: Session, one: Membership) -> dict[str, Any]:
    settings = classroom(one.class_.settings)
    whole = [undefer(HandIn.files), undefer(HandIn.report)]
    wanted = select(HandIn).where(HandIn.membership_id == one.id).order_by(HandIn.id)
    entries = select(Token).where(Token.membership_id == one.id).order_by(Token.id)
    posts = select(Post).where(Post.membership_id == one.id).order_by(Post.id)
    done = select(PostEvent).where(PostEvent.membership_id == one.id).order_by(PostEvent.id)
    decided = select(Dispute).where(Dispute.decided_by == one.id).order_by(Dispute.id)
    own = grade(one, hand_ins(session, one.class_, one.student), settings)
    return {
        "class": one.class_.name,
        "id": one.student,
        "role": one.role,
        "logins": [
            {"issuer": row.issuer, "subject": row.subject}
            for row in session.scalars(select(Login).where(Login.membership_id == one.id))
        ],
        "joined_at": _time(one.joined_at),
        "stays_out_of_leaderboard": one.stays_out,
        "due": _time(settings.due_for(one.student)),
        "grade": own.result(settings),
        "hand_ins": [_hand_in(row) for row in session.scalars(wanted.options(*whole))],
        "regraded": [{"at": _time(row.at), "says": row.says} for row in notices(session, one)],
        "disputes": [facts(row) for row in disputes_by(session, one)],
        "decided": [decision(row) for row in session.scalars(decided)],
        "posts": [_post(row) for row in session.scalars(posts)],
        "done_to_posts": [
            {"what": row.what, "why": row.why, "at": _time(row.at)} for row in session.scalars(done)
        ],
        "signed_in": [
            {"kind": row.kind, "made_at": _time(row.made_at), "ends_at": _time(row.ends_at)}
            for row in session.scalars(entries)
        ],
    }


def _hand_in(one: HandIn) -> dict[str, Any]:
    left_out = {"membership_id", "lease", "lease_until"}
    names = [column.key for column in HandIn.__table__.columns if column.key not in left_out]
    found = {name: getattr(one, name) for name in names}
    for name, value in found.items():
        if isinstance(value, datetime):
            found[name] = value.isoformat()
    files, report = json.loads(one.files), json.loads(one.report) if one.report else None
    return {**found, "files": files, "report": report}


def _post(one: Post) -> dict[str, Any]:
    facts = (one.exercise, one.kind, one.text, one.mistake, _time(one.made_at), one.state)
    names = ("exercise", "kind", "text", "mistake", "made_at", "state")
    return dict(zip(names, facts, strict=True))


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def forget(session: Session, person: Person) -> str:
    """Delete who they are; the name under which bare grades stay. Raises `UsageError`."""
    found = _memberships(session, person)
    for one in found:
        if one.role == Role.TEACHER and _teachers(session, one) < 2:
            raise UsageError(f"{one.class_.name} would be without a teacher. Name another first.")
    drawn = f"{DELETED}-{secrets.token_hex(6)}"
    for one in found:
        tokens.revoke(session, one)
        own = HandIn.membership_id == one.id
        _delete_disputes(session, select(HandIn.id).where(own))
        session.execute(_emptied(Post.membership_id == one.id))
        said = PostEvent.membership_id == one.id
        session.execute(update(PostEvent).where(said).values(why=""))
        _delete(session, own, HandIn.state != DONE)
        session.execute(_cleared(own))
        session.execute(delete(Notice).where(Notice.membership_id == one.id))
        _rename(one.class_, one.student, drawn)
        one.student, one.joined_at = drawn, utc_now()  # nobody comes in as them
        one.stays_out = True  # a leaderboard would show what stays
    person.issuer, person.subject = DELETED, drawn
    person.name = person.pseudonym = drawn
    return drawn


def days_after_deletion(of: Class) -> int:
    """How long the bare numbers of who was deleted stay, from when each was received."""
    days = classroom(of.settings).retention.grades_days
    return GRADES_OF_DELETED if days is None else days


def _teachers(session: Session, one: Membership) -> int:
    of = Membership.class_id == one.class_id
    return len(session.scalars(select(Membership.id).where(of, Membership.role == one.role)).all())


def _rename(of: Class, student: str, drawn: str) -> None:
    """In the settings as well: an extension must neither name them nor be lost."""
    entry = rf"""(?<!\w)(student["']?\s*:\s*)(["']){re.escape(student)}\2"""
    of.settings = re.sub(entry, rf'\g<1>"{drawn}"', of.settings)


def _cleared(which: ColumnElement[bool]) -> Update:
    return (
        update(HandIn)
        .where(which)
        .values(files=NO_FILES, report=None, sha256="", failure=None, made_at=None, signature=None)
        .execution_options(synchronize_session=False)
    )


def _emptied(which: ColumnElement[bool]) -> Update:
    """As a post that its author deletes: that it was there stays, and answers to it do."""
    return (
        update(Post)
        .where(which)
        .values(text="", hand_in_id=None, state=State.DELETED, share=0.0)
        .execution_options(synchronize_session=False)
    )


def _delete(session: Session, *which: ColumnElement[bool]) -> None:
    """Hand-ins, and second verdicts on them; a post that shows the report of one stays without."""
    gone = select(HandIn.id).where(*which)
    session.execute(delete(HandIn).where(HandIn.again_of.in_(gone)))
    _delete_disputes(session, gone)
    shown = update(Post).where(Post.hand_in_id.in_(gone)).values(hand_in_id=None)
    session.execute(shown.execution_options(synchronize_session=False))
    session.execute(delete(HandIn).where(*which))


def _delete_disputes(session: Session, on: Select[int]) -> None:
    session.execute(delete(Dispute).where(Dispute.hand_in_id.in_(on)))


def clear(session: Session, now: datetime) -> None:
    """Delete what has had its time: of each class as its `retention` says, counted from when it
    was received.
    """
    graded = HandIn.state.in_((DONE, FAILED, REGRADED))
    for of in session.scalars(select(Class)):
        keeps = classroom(of.settings).retention
        members = ids_of_members(of.id)
        own = HandIn.membership_id.in_(members)
        if keeps.code_days is not None:
            old = HandIn.received_at < now - timedelta(days=keeps.code_days)
            session.execute(_cleared(own & graded & old))
        if keeps.grades_days is not None:
            limit = now - timedelta(days=keeps.grades_days)
            _delete(session, own, graded, HandIn.received_at < limit)
            told = Notice.membership_id.in_(members)
            session.execute(delete(Notice).where(told, Notice.at < limit))
        gone = members.join(Person).where(Person.issuer == DELETED)
        old = HandIn.received_at < now - timedelta(days=days_after_deletion(of))
        _delete(session, HandIn.membership_id.in_(gone), old)
    session.execute(delete(Token).where(Token.ends_at < now))
    _clear_deleted(session)


def _clear_deleted(session: Session) -> None:
    """Nothing is left of who was deleted, has no grades any more and wrote to nobody."""
    people = select(Person.id).where(Person.issuer == DELETED)
    tables = (
        HandIn.membership_id,
        Post.membership_id,
        PostEvent.membership_id,
        Dispute.decided_by,
    )
    unused = [~exists().where(column == Membership.id) for column in tables]
    session.execute(delete(Membership).where(Membership.person_id.in_(people), *unused))
    belongs = exists().where(Membership.person_id == Person.id)
    session.execute(delete(Person).where(Person.issuer == DELETED, ~belongs))


@contextmanager
def clearing(database: Database, clock: Callable[[], datetime] = utc_now) -> Iterator[None]:
    """At once and every hour, beside what else is done."""
    ends = Event()

    def work() -> None:
        while True:
            try:
                with database.writing() as session:
                    clear(session, clock())
            except (SQLAlchemyError, UsageError) as error:
                log.warning("What has had its time is not deleted: %s", error)
            if ends.wait(LOOKS):
                return

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()
