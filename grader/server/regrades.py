"""Grades again what an earlier version of a suite judged, and shows what that would change.

Each such hand-in gets a second row, which is in the queue behind everything that somebody waits
for. Its verdict counts nothing until it is applied: then it takes the place of the first one.
A hand-in that somebody disputes is graded again by itself (`disputes.py`), and not with the others.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Delete, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session, undefer

from grader.classroom.regrade import Change, ExerciseChange
from grader.classroom.regrade_text import message
from grader.classroom.settings import Classroom
from grader.classroom.worth import worth
from grader.errors import UsageError
from grader.provenance import suite_version
from grader.server.database import Database
from grader.server.gradebook import Grade, Judged, counted, grade, hand_ins, report_of
from grader.server.handing_in import MOST_KEY
from grader.server.members import classroom, ids_of_members
from grader.server.queue import NO_FILES, Queue, utc_now
from grader.server.schema import (
    DONE,
    FAILED,
    LATER,
    LEASED,
    OPEN,
    REGRADED,
    WAITING,
    Class,
    Dispute,
    HandIn,
    Membership,
    Notice,
)

COPIED = ("membership_id", "exercise", "files", "sha256", "seed", "made_at", "received_at")
DISPUTED = select(Dispute.hand_in_id).where(Dispute.state == OPEN)
TAKEN = ("outcome", "share", "unprotected", "report", "graded_at", "suite")


@dataclass(frozen=True)
class Preview:
    """`earlier` counts verdicts by earlier suites, `without_files` those that cannot be made again;
    `graded`, `waiting` and `failed` count second verdicts. `changes` are of each student who would
    have another score.
    """

    earlier: int
    without_files: int
    graded: int
    waiting: int
    failed: int
    changes: Sequence[Change]


class Regrades:
    """Of one class, or of `only` one hand-in there, whatever suite judged it. Nobody is held up,
    and no score changes until `apply`.
    """

    def __init__(
        self, database: Database, queue: Queue, class_id: int, only: int | None = None
    ) -> None:
        self._database, self._queue, self._class, self._only = database, queue, class_id, only

    def begin(self) -> None:
        """Put all that is to be judged again into the queue; what was begun before is dropped."""
        with self._database.writing() as session:
            of = session.get_one(Class, self._class, with_for_update=True)
            session.execute(self.dropped())
            whole = self._firsts(of).where(HandIn.files != NO_FILES).options(undefer(HandIn.files))
            for one in session.scalars(whole):
                copied = {name: getattr(one, name) for name in COPIED}
                session.add(
                    HandIn(
                        **copied,
                        key=str(one.id).rjust(MOST_KEY + 1),  # which nobody who hands in can send
                        state=WAITING,
                        priority=LATER,
                        tries=0,
                        again_of=one.id,
                    )
                )

    def drop(self) -> None:
        with self._database.writing() as session:
            session.execute(self.dropped())

    def preview(self, never_lower: bool) -> Preview:
        with self._database.reading() as session:
            of = session.get_one(Class, self._class)
            earlier = session.scalars(self._firsts(of)).all()
            kept = self._firsts(of).where(HandIn.files == NO_FILES)
            graded, waiting, failed = self._counts(session)
            return Preview(
                len(earlier),
                len(session.scalars(kept).all()),
                graded,
                waiting,
                failed,
                [one for _, one in _changes(session, of, self._judged(session, never_lower))],
            )

    def counts(self) -> tuple[int, int, int]:
        """Of the second verdicts, as in `Preview`: graded, waiting and failed."""
        with self._database.reading() as session:
            return self._counts(session)

    def _counts(self, session: Session) -> tuple[int, int, int]:
        counted = select(HandIn.state, func.count()).where(self._is_second()).group_by(HandIn.state)
        of = Counter(dict(iter(session.execute(counted))))
        return of[REGRADED], of[WAITING] + of[LEASED], of[FAILED]

    def apply(self, never_lower: bool) -> int:
        """Second verdicts take the places of the first; how many. Whose score that changes is told
        so. Raises `UsageError` as long as some are missing.
        """
        with self._database.writing() as session:
            return self.applied(session, never_lower, message)

    def applied(self, session: Session, never_lower: bool, says: Callable[[Change], str]) -> int:
        """As `apply`, in a transaction of somebody else's; `says` tells a student what changed."""
        of = session.get_one(Class, self._class, with_for_update=True)
        wanted = select(HandIn.id).where(self._is_second())
        if session.scalars(wanted.where(HandIn.state.in_((WAITING, LEASED)))).first():
            raise UsageError("Not all is graded again yet. Wait, and look at it before.")
        judged = self._judged(session, never_lower)
        for member, change in list(_changes(session, of, judged)):
            session.add(Notice(membership_id=member.id, at=utc_now(), says=says(change)))
        for id, second in judged.items():
            first = session.get_one(HandIn, id)
            for name in TAKEN:
                setattr(first, name, getattr(second, name))
            assert second.report and second.graded_at
            first.signature = self._queue.signed(first, second.report, second.graded_at)
        session.flush()
        session.execute(self.dropped())
        return len(judged)

    def _judged(self, session: Session, never_lower: bool) -> Judged:
        """The second verdicts that may count, by the hand-in which they are of."""
        is_whole = and_(self._is_second(), HandIn.state == REGRADED, HandIn.report.is_not(None))
        seconds = session.scalars(select(HandIn).where(is_whole)).all()
        shares = select(HandIn.id, HandIn.share).where(
            HandIn.id.in_(select(HandIn.again_of).where(is_whole))
        )
        before = {id: share or 0.0 for id, share in session.execute(shares)}
        return {
            one.again_of: one
            for one in seconds
            if one.again_of and (not never_lower or (one.share or 0.0) >= before[one.again_of])
        }

    def _firsts(self, of: Class) -> Select[HandIn]:
        """What is to be judged again."""
        if self._only is None:
            return _earlier(of).where(HandIn.id.not_in(DISPUTED))
        return _graded(of).where(HandIn.id == self._only)

    def _is_second(self) -> ColumnElement[bool]:
        members = ids_of_members(self._class)
        is_of = (
            HandIn.again_of.not_in(DISPUTED)
            if self._only is None
            else HandIn.again_of == self._only
        )
        return and_(HandIn.again_of.is_not(None), is_of, HandIn.membership_id.in_(members))

    def dropped(self) -> Delete:
        return delete(HandIn).where(self._is_second()).execution_options(synchronize_session=False)


def _earlier(of: Class) -> Select[HandIn]:
    """What another version of its suite judged than that of today."""
    settings = classroom(of.settings)
    suites = {id: settings.catalog.exercise(id).suite for id in settings.points}
    by_another = [
        and_(HandIn.exercise == id, HandIn.suite.is_distinct_from(suite_version(suite)))
        for id, suite in suites.items()
    ]
    return _graded(of).where(or_(*by_another))


def _graded(of: Class) -> Select[HandIn]:
    return (
        select(HandIn)
        .join(Membership)
        .where(Membership.class_id == of.id, HandIn.state == DONE)
        .order_by(HandIn.id)
    )


def _changes(session: Session, of: Class, judged: Judged) -> Iterator[tuple[Membership, Change]]:
    """Of each student who would have another score."""
    settings = classroom(of.settings)
    touched = {one.membership_id: one.membership for one in judged.values()}
    for member in sorted(touched.values(), key=lambda one: one.student):
        own = hand_ins(session, of, member.student)
        before, after = grade(member, own, settings), grade(member, own, settings, judged)
        if before.score != after.score:
            parts = tuple(_exercises(before, after, own, settings, judged))
            results = before.result(settings), after.result(settings)
            yield member, Change(*results, parts, member.person.name)


def _exercises(
    before: Grade, after: Grade, own: Sequence[HandIn], settings: Classroom, judged: Judged
) -> Iterator[ExerciseChange]:
    rows = {str(one.id): one for one in own}
    for old, new in zip(before.standings, after.standings, strict=True):
        if old.score == new.score:
            continue
        first = counted(old.exercise, before.student, own, settings)
        second = counted(old.exercise, before.student, own, settings, judged)
        assert first and second
        was, now = rows[first.best.name], rows[second.best.name]
        reports = [report_of(was), report_of(judged.get(now.id, now))]
        if reports[0] and reports[1]:
            of, to = (worth(report, old.points) for report in reports if report)
            yield ExerciseChange(old.exercise, of, to)
