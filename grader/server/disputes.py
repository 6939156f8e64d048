"""“This verdict is wrong”: said once of a hand-in, and decided by a teacher.

The dispute rests on what is kept: files, seed, suite and report. What then counts is never written
by hand: it is the verdict of today's suite on the same files and seed, and a dispute takes nobody
points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, undefer

from grader.classroom.regrade import Change
from grader.classroom.regrade_text import lines, message
from grader.dispute import dispute as packed
from grader.errors import UsageError
from grader.report import Report
from grader.server.database import Database
from grader.server.gradebook import report_of
from grader.server.queue import NO_FILES, Queue, Refused, unpacked, utc_now
from grader.server.regrades import Regrades
from grader.server.schema import (
    ACCEPTED,
    DECLINED,
    DONE,
    OPEN,
    Class,
    Dispute,
    HandIn,
    Membership,
)
from grader.submission import Submission

MOST_OPEN = 5  # of one person
NOTHING = "There is nothing to dispute: "


@dataclass(frozen=True)
class Again:
    """The second verdict on a disputed hand-in: its state in the queue, its report and suite once
    they are there, and in lines whose score it would change.
    """

    state: str
    report: Report | None
    suite: str | None
    changes: Sequence[str]


def why_not(one: HandIn) -> str:
    """Why the verdict on it cannot be disputed; empty where it can."""
    if one.state != DONE:
        return f"{NOTHING}it has no verdict yet."
    if one.outcome == "passed":
        return f"{NOTHING}it passed."
    return f"{NOTHING}its files are not kept any more." if one.files == NO_FILES else ""


def dispute_of(session: Session, hand_in: int) -> Dispute | None:
    return session.scalar(select(Dispute).where(Dispute.hand_in_id == hand_in))


def second_of(one: Dispute) -> Select[HandIn]:
    """The row of its second verdict, where it is graded again or waits for it."""
    return select(HandIn).where(HandIn.again_of == one.hand_in_id)


def disputes_by(session: Session, of: Membership) -> Sequence[Dispute]:
    """Of their own hand-ins, the newest first."""
    wanted = select(Dispute).join(HandIn).where(HandIn.membership_id == of.id)
    return session.scalars(wanted.order_by(Dispute.id.desc())).all()


def disputes_in(session: Session, of: Class) -> Sequence[Dispute]:
    """Of a class, the open ones first, and then the newest."""
    wanted = select(Dispute).join(HandIn).join(Membership).where(Membership.class_id == of.id)
    return session.scalars(wanted.order_by(Dispute.state != OPEN, Dispute.id.desc())).all()


def decision(one: Dispute) -> dict[str, Any]:
    """For JSON, without the words of who disputed it."""
    return {
        "hand_in": one.hand_in_id,
        "exercise": one.hand_in.exercise,
        "state": one.state,
        "answer": one.answer,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
    }


def facts(one: Dispute) -> dict[str, Any]:
    """For JSON, to whom the hand-in belongs: the answer was said to them, and is theirs as well."""
    return {**decision(one), "made_at": one.made_at.isoformat(), "reason": one.reason}


def open_disputes(session: Session, of: Class) -> int:
    counted = select(func.count()).select_from(Dispute).join(HandIn).join(Membership)
    return session.scalar(counted.where(Membership.class_id == of.id, Dispute.state == OPEN)) or 0


class Disputes:
    """Each method is one transaction. Raises `UsageError` and `Refused`, in words for who asks."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database, self._queue = database, queue

    def begin(self, member: Membership, hand_in: int, reason: str) -> Dispute:
        """Dispute the verdict on a hand-in of one's own."""
        if not reason:
            raise UsageError("Say in a sentence why the verdict is wrong.")
        with self._database.writing() as session:
            session.get_one(Membership, member.id, with_for_update={"of": Membership})  # in turn
            one = session.get(HandIn, hand_in, options=[undefer(HandIn.files)])
            if one is None or one.membership_id != member.id or one.again_of:
                raise UsageError("There is no such hand-in of yours.")
            if told := why_not(one):
                raise UsageError(told)
            if dispute_of(session, hand_in):
                raise UsageError("You have disputed this already. Hand in again, or talk to us.")
            found = disputes_by(session, member)
            if [known.state for known in found].count(OPEN) >= MOST_OPEN:
                raise Refused(f"{MOST_OPEN} disputes of yours are open. Wait for an answer.")
            made = Dispute(hand_in=one, reason=reason, made_at=utc_now(), state=OPEN, answer="")
            session.add(made)
        return made

    def again(self, one: Dispute) -> Again | None:
        """None where it is not graded again, nor waits for it."""
        with self._database.reading() as session:
            second = session.scalar(second_of(one).options(undefer(HandIn.report)))
        if second is None:
            return None
        changes = self._regrades(one).preview(never_lower=True).changes
        told = ["\n".join(lines(change)) for change in changes]
        return Again(second.state, report_of(second), second.suite, told)

    def grade_again(self, one: Dispute) -> None:
        """By the suite as it is now, with the same seed."""
        if one.state != OPEN:
            raise UsageError(f"This dispute is {one.state}; nothing is graded again for it.")
        self._regrades(one).begin()

    def accept(self, one: Dispute, answer: str, by: Membership) -> None:
        """The second verdict counts, unless it gives less."""

        def says(change: Change) -> str:
            right = f"You disputed a verdict on {one.hand_in.exercise} and were right."
            return message(change, (right, f"Your teacher: {answer}"))

        with self._database.writing() as session:
            self._decide(session, one, ACCEPTED, answer, by)
            again = select(HandIn.id).where(HandIn.again_of == one.hand_in_id)
            if not session.scalar(again.where(HandIn.report.is_not(None))):
                raise UsageError(
                    "Grade it again before you accept: what counts then is what the tests of today"
                    " say. Where they say the same, change them first."
                )
            self._regrades(one).applied(session, True, says)

    def decline(self, one: Dispute, answer: str, by: Membership) -> None:
        """The verdict stays."""
        with self._database.writing() as session:
            self._decide(session, one, DECLINED, answer, by)
            session.execute(self._regrades(one).dropped())

    def _decide(
        self, session: Session, one: Dispute, state: str, answer: str, by: Membership
    ) -> None:
        if not answer:
            raise UsageError("Say why in a sentence: it is all that the student is told.")
        found = session.get_one(Dispute, one.id, with_for_update={"of": Dispute})
        if found.state != OPEN:
            raise UsageError(f"This dispute is {found.state} already.")
        found.state, found.answer = state, answer
        found.decided_at, found.decided_by = utc_now(), by.id

    def _regrades(self, one: Dispute) -> Regrades:
        of = one.hand_in.membership.class_id
        return Regrades(self._database, self._queue, of, only=one.hand_in_id)


def file_of(one: Dispute) -> str:
    """For `grader settle`, which makes an answer part of a suite. Raises `UsageError`."""
    report = report_of(one.hand_in)
    if report is None:
        raise UsageError("Files and report of this hand-in are not kept any more.")
    files = unpacked(one.hand_in.files)
    return packed(Submission(one.hand_in.exercise, files, one.hand_in.seed), report, one.reason)
