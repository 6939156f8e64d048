"""What lets somebody in: drawn here, shown once, and kept as hashes only.

A session belongs to a browser, a client's token to a terminal. A code is for one entry and a short
time; a class code stays, and says only which class is meant.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grader.server.schema import CLIENT, CODE, SESSION, Login, Membership, Token

LASTS = {SESSION: timedelta(days=14), CLIENT: timedelta(days=365), CODE: timedelta(days=7)}
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another
CLASS_CODE, ENTRY_CODE = 8, 12  # letters: 40 bits, guessed at a bounded rate; 59 bits


def class_code() -> str:
    return _letters(CLASS_CODE)


def new_token(session: Session, membership: Membership, kind: str, now: datetime) -> str:
    """Only who gets it knows it. What has ended long ago is cleared on the way."""
    token = _letters(ENTRY_CODE) if kind == CODE else secrets.token_urlsafe(32)
    session.execute(delete(Token).where(Token.ends_at < now))
    session.add(
        Token(
            hash=_hash(token),
            kind=kind,
            membership_id=membership.id,
            made_at=now,
            ends_at=now + LASTS[kind],
        )
    )
    return token


def holder(session: Session, token: str, kind: str, now: datetime) -> Membership | None:
    """Whom a token lets in; None where it lets in nobody, or not any more."""
    wanted = select(Token).where(
        Token.hash == _hash(token), Token.kind == kind, Token.ends_at > now
    )
    found = session.scalar(wanted)
    return found.membership if found else None


def take(session: Session, token: str, kind: str, now: datetime) -> Membership | None:
    """As `holder`, and the token is used up."""
    member = holder(session, token, kind, now)
    used = delete(Token).where(Token.hash == _hash(token), Token.kind == kind).returning(Token.id)
    return member if session.scalars(used).all() else None


def new_code(session: Session, membership: Membership, now: datetime) -> str:
    """A code for one who lost a terminal or a browser: whoever came in as them before is out."""
    revoke(session, membership)
    return new_token(session, membership, CODE, now)


def revoke(session: Session, membership: Membership) -> None:
    """Nobody comes in as this member any more, until there is a new code."""
    for what in (Token, Login):
        session.execute(delete(what).where(what.membership_id == membership.id))


def form_token(token: str) -> str:
    """What each form of a session carries: only pages of ours can know it."""
    return sha256(f"form {token}".encode()).hexdigest()


def _hash(token: str) -> str:
    """Tokens are drawn from so many that a plain hash cannot be turned back."""
    return sha256(token.encode()).hexdigest()


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))
