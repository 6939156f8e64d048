"""Which member somebody is whom an institution vouches for.

Kept are issuer and subject, once a class; a name or an address proves nothing. A membership has at
most one login, and a person is another one in each class: classes know nothing of each other.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from grader.server import tokens
from grader.server.login import Identity
from grader.server.members import (
    NOT_LISTED,
    class_by_code,
    enrolled,
    listed_student,
    refuse_second,
)
from grader.server.queue import Refused
from grader.server.roles import Role
from grader.server.schema import CODE, Class, Login, Membership

NOT_HERE = (
    "You are logged in, but this server does not know you yet. Give the code of your class as well."
)
SEVERAL = "You are in several classes here. Give the code of the one that you mean as well."
OTHER_LOGIN = "This id belongs to another login. Ask your teacher for a code of your own."


def enter(session: Session, who: Identity, code: str, name: str, now: datetime) -> Membership:
    """Who comes by an institution: known, listed by the id that it vouches for, with a class code,
    or with a code of their own. Raises `Refused`.
    """
    own = tokens.take(session, code.strip().upper(), CODE, now)
    if own:
        member = own
        _free(session, own)
    elif not code.strip():
        member = _without_code(session, who)
    else:
        into = class_by_code(session, code)
        member = _known(session, who, into) or _first_time(session, who, into, name)
    _bind(session, who, member, ends_others=own is None)
    member.joined_at = member.joined_at or now
    return member


def _without_code(session: Session, who: Identity) -> Membership:
    known = select(Membership).join(Login).where(_is(who))
    found = list(session.scalars(known))
    classes = {member.class_id for member in found}
    found += [one for one in _listed(session, who) if one.class_id not in classes]
    if len(found) != 1:
        raise Refused(SEVERAL if found else NOT_HERE)
    return found[0]


def _known(session: Session, who: Identity, into: Class) -> Membership | None:
    return session.scalar(select(Membership).join(Login).where(_is(who), Login.class_id == into.id))


def _first_time(session: Session, who: Identity, into: Class, name: str) -> Membership:
    """As the roster lists them; who holds the class's code and is not listed is added."""
    if vouched := [one for one in _listed(session, who) if one.class_id == into.id]:
        return vouched[0]
    member = listed_student(session, into, name or who.name)
    if member is not None:
        refuse_second(member)
        return member
    if name.strip():
        raise Refused(NOT_LISTED)
    return enrolled(session, into, who.subject, who.name)


def _listed(session: Session, who: Identity) -> Sequence[Membership]:
    """Students whom a roster lists by the id that the institution vouches for, in any class."""
    if not who.listed_as:
        return []
    wanted = select(Membership).where(
        Membership.student == who.listed_as, Membership.role == Role.STUDENT
    )
    return session.scalars(wanted.with_for_update(of=Membership)).all()


def _bind(session: Session, who: Identity, member: Membership, ends_others: bool) -> None:
    """From now on this login is that member. Raises `Refused` where either has another one."""
    same = select(Login).where(_is(who), Login.class_id == member.class_id)
    held = session.scalar(same)
    if held and held.membership_id == member.id:
        return
    if held:
        raise Refused("You are in this class already, as somebody else. Ask your teacher.")
    if session.scalar(select(Login).where(Login.membership_id == member.id)):
        raise Refused(OTHER_LOGIN)
    if ends_others:
        tokens.revoke(session, member)  # whoever came by a name only is out
    session.add(
        Login(
            issuer=who.issuer,
            subject=who.subject,
            class_id=member.class_id,
            membership_id=member.id,
        )
    )
    session.flush()


def _free(session: Session, member: Membership) -> None:
    """A code of one's own counts more than an earlier login."""
    for login in session.scalars(select(Login).where(Login.membership_id == member.id)):
        session.delete(login)
    session.flush()


def _is(who: Identity) -> ColumnElement[bool]:
    return and_(Login.issuer == who.issuer, Login.subject == who.subject)
