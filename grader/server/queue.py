"""The queue of hand-ins, which is their table.

    waiting ── claim ──► leased ── finish ──► done
       ▲                   │ │
       └── our error, or ──┘ └── at the second try ──► failed ── start again ──► waiting
           no sign of life

A lease has a deadline, which its worker moves on while it lives. Whoever finishes must still hold
it: the first result stays. Each method is one transaction.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, undefer

from grader.classroom.progress import share
from grader.digests import digest
from grader.errors import GraderError
from grader.report import Report
from grader.server.database import Database
from grader.server.schema import (
    DONE,
    FAILED,
    LATER,
    LEASED,
    NOW,
    REGRADED,
    WAITING,
    HandIn,
    Membership,
)
from grader.submission import SEEDS

if TYPE_CHECKING:
    from grader.classroom.keys import Ed25519PrivateKey

LEASE = timedelta(seconds=30)
MOST_TRIES = 2
MOST_WAITING = 20  # of one person
MOST_A_DAY = 500  # of one person
NO_FILES = "{}"  # of what was handed in so long ago that only its verdict is left
SILENT = "Its worker fell silent at every try."


class Refused(GraderError):
    """It is not taken, and why: in words for whoever hands in."""

    exit_code = 2


@dataclass(frozen=True)
class Health:
    """`oldest` is the time that the first in the queue has waited."""

    waiting: int
    at_work: int
    failed: int
    done: int
    oldest: timedelta


def utc_now() -> datetime:
    return datetime.now(UTC)


class Queue:
    """With a `key`, verdicts are signed as they are kept."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        key: "Ed25519PrivateKey | None" = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._key = key

    def receive(
        self,
        membership: int,
        exercise: str,
        files: Mapping[str, bytes],
        key: str,
        made_at: datetime | None = None,
    ) -> HandIn:
        """The row, once it is there for good; the one from before where the key is known.

        Raises `Refused` where the person has handed in too much.
        """
        now = self._clock()
        text = packed(files)
        with self._database.writing() as session:
            session.get_one(Membership, membership, with_for_update={"of": Membership})  # in turn
            known = select(HandIn).where(HandIn.membership_id == membership, HandIn.key == key)
            if earlier := session.scalar(known):
                return earlier
            self._check_amount(session, membership, now)
            hand_in = HandIn(
                membership_id=membership,
                exercise=exercise,
                key=key,
                files=text,
                sha256=digest(exercise, text),
                seed=secrets.randbelow(SEEDS),
                made_at=made_at,
                received_at=now,
                state=WAITING,
                priority=NOW,
                tries=0,
            )
            session.add(hand_in)
        return hand_in

    def _check_amount(self, session: Session, membership: int, now: datetime) -> None:
        is_own = and_(HandIn.membership_id == membership, HandIn.again_of.is_(None))
        own = select(func.count()).select_from(HandIn).where(is_own)
        if (session.scalar(own.where(HandIn.state == WAITING)) or 0) >= MOST_WAITING:
            raise Refused(f"{MOST_WAITING} of your hand-ins are waiting. Try again in a minute.")
        today = own.where(HandIn.received_at > now - timedelta(days=1))
        if (session.scalar(today) or 0) >= MOST_A_DAY:
            raise Refused(f"You handed in {MOST_A_DAY} times in a day. Try again tomorrow.")

    def claim(self, only_now: bool = False) -> HandIn | None:
        """The next one, leased; None where there is none. `only_now` leaves regrades to others."""
        now = self._clock()
        is_silent = and_(HandIn.state == LEASED, HandIn.lease_until < now)
        free = and_(or_(HandIn.state == WAITING, is_silent), HandIn.tries < MOST_TRIES)
        if only_now:
            free = and_(free, HandIn.priority < LATER)
        first = (
            select(HandIn.id)
            .where(free)
            .order_by(HandIn.priority, HandIn.id)
            .limit(1)
            .with_for_update(skip_locked=True)  # PostgreSQL's; SQLite has one writer at a time
        )
        lease = {"state": LEASED, "lease": secrets.token_hex(8), "lease_until": now + LEASE}
        with self._database.writing() as session:
            session.execute(
                update(HandIn)
                .where(is_silent, HandIn.tries >= MOST_TRIES)
                .values(state=FAILED, failure=SILENT, lease=None)
            )
            found = session.scalar(
                update(HandIn)
                .where(HandIn.id == first.scalar_subquery())
                .values(**lease, tries=HandIn.tries + 1)
                .returning(HandIn.id)
            )
            if found is None:
                return None
            return session.get_one(HandIn, found, options=[undefer(HandIn.files)])

    def renew(self, hand_in: HandIn) -> None:
        self._change(self._is_held(hand_in), lease_until=self._clock() + LEASE)

    def finish(self, hand_in: HandIn, report: Report) -> bool:
        """Keep the verdict. False where the lease was lost: another's result counts then."""
        if report.outcome == "error":
            problem = report.problem.message if report.problem else "A hidden test broke."
            return self.fail(hand_in, problem)
        text, now = json.dumps(report.to_dict()), self._clock()
        missing = [layer for layer, state in report.layers.items() if state == "missing"]
        return self._change(
            self._is_held(hand_in),
            state=REGRADED if hand_in.again_of else DONE,
            lease=None,
            failure=None,
            graded_at=now,
            outcome=report.outcome,
            share=share(report),
            unprotected=",".join(missing),
            report=text,
            signature=None if hand_in.again_of else self.signed(hand_in, text, now),
            suite=report.provenance.suite_version if report.provenance else None,
        )

    def signed(self, hand_in: HandIn, report: str, now: datetime) -> str | None:
        """The signature of its verdict; None where there is no key."""
        if self._key is None:
            return None
        from grader.server.verdicts import signed  # needs an extra of its own

        return signed(hand_in, report, now, self._key)

    def fail(self, hand_in: HandIn, says: str) -> bool:
        """Note an error of ours. It is tried again, unless it was the last time."""
        state = FAILED if hand_in.tries >= MOST_TRIES else WAITING
        return self._change(self._is_held(hand_in), state=state, lease=None, failure=says)

    def give_back(self, hand_in: HandIn) -> bool:
        """As if it had not been claimed: its worker is told to stop."""
        tries = hand_in.tries - 1
        return self._change(self._is_held(hand_in), state=WAITING, lease=None, tries=tries)

    def end_leases(self) -> None:
        """For who starts when nobody else can be at work: nothing need wait for a deadline."""
        self._change(HandIn.state == LEASED, lease_until=self._clock() - LEASE)

    def start_again(self, hand_in: int) -> bool:
        """Try again what we could not grade. False where that is not so."""
        is_failed = and_(HandIn.id == hand_in, HandIn.state == FAILED, HandIn.files != NO_FILES)
        return self._change(is_failed, state=WAITING, tries=0)

    def health(self) -> Health:
        with self._database.reading() as session:
            counted = select(HandIn.state, func.count()).group_by(HandIn.state)
            counts = dict(session.execute(counted).all())
            first = session.scalar(
                select(func.min(HandIn.received_at)).where(
                    HandIn.state == WAITING, HandIn.priority == NOW
                )
            )
        waits = self._clock() - first if first else timedelta()
        waiting, leased, failed, done = (counts.get(s, 0) for s in (WAITING, LEASED, FAILED, DONE))
        return Health(waiting, leased, failed, done, waits)

    def _is_held(self, hand_in: HandIn) -> ColumnElement[bool]:
        return and_(HandIn.id == hand_in.id, HandIn.lease == hand_in.lease)

    def _change(self, where: ColumnElement[bool], **values: object) -> bool:
        with self._database.writing() as session:
            changed = session.scalars(
                update(HandIn)
                .where(where)
                .values(**values)
                .returning(HandIn.id)
                .execution_options(synchronize_session=False)
            )
            return bool(changed.all())


def packed(files: Mapping[str, bytes]) -> str:
    """Files as JSON in ASCII, byte for byte: what is no UTF-8 becomes halves of characters."""
    texts = {name: source.decode("utf-8", "surrogateescape") for name, source in files.items()}
    return json.dumps(texts, sort_keys=True)


def unpacked(text: str) -> dict[str, bytes]:
    texts: dict[str, str] = json.loads(text)
    return {name: source.encode("utf-8", "surrogateescape") for name, source in texts.items()}
