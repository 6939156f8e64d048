"""From hand-ins to grades, by the rules of `grader.classroom`: nothing here decides what counts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, undefer

from grader.classroom.graded import Graded
from grader.classroom.grades import DIGITS, Outcome, outcomes
from grader.classroom.settings import Classroom
from grader.classroom.store import Kept, Verdict
from grader.report import Report
from grader.server.members import ids_of_members, students
from grader.server.queue import unpacked
from grader.server.roles import Role
from grader.server.schema import DONE, FAILED, REGRADED, Class, HandIn, Membership, Notice

Judged = Mapping[int, HandIn]
Tried = HandIn | Row[Any]  # with `COUNTS`
NOT_JUDGED_AGAIN: Judged = {}
AT_ONCE = 500  # rows with files and report in memory
STUDENTS_AT_ONCE = 100  # whose hand-ins are in memory
# Of a hand-in, what a grade is made of: of a large class that is read as bare rows.
COUNTS = (
    HandIn.id,
    HandIn.membership_id,
    HandIn.exercise,
    HandIn.received_at,
    HandIn.state,
    HandIn.outcome,
    HandIn.share,
    HandIn.unprotected,
)


class Standing(NamedTuple):
    """One student and one exercise. `score` None: nothing is graded yet, or not all of it."""

    exercise: str
    points: float
    score: float | None
    lost_late: float
    tries: int
    passed: bool


class Grade(NamedTuple):
    student: str
    name: str
    score: float | None
    max_score: float
    standings: Sequence[Standing]

    @property
    def has_tried(self) -> bool:
        return any(one.tries for one in self.standings)

    def result(self, classroom: Classroom) -> dict[str, Any]:
        """As `grader gradebook` takes it."""
        return {
            "id": self.student,
            "score": self.score,
            "max_score": self.max_score,
            "assignment": classroom.title,
            "exercises": {one.exercise: one.score for one in self.standings},
        }


def hand_ins(session: Session, of: Class, student: str | None = None) -> Sequence[HandIn]:
    """All of a class or of one student, by student, in the order in which they came."""
    wanted = (
        select(HandIn)
        .join(Membership)
        .where(Membership.class_id == of.id, HandIn.again_of.is_(None))
        .order_by(Membership.student, HandIn.received_at, HandIn.id)
    )
    if student is not None:
        wanted = wanted.where(Membership.student == student)
    return session.scalars(wanted).all()


def report_of(one: HandIn | None) -> Report | None:
    return Report.from_dict(json.loads(one.report)) if one and one.report else None


def notices(session: Session, of: Membership) -> Sequence[Notice]:
    """Of changes of their grade, the newest first."""
    wanted = select(Notice).where(Notice.membership_id == of.id).order_by(Notice.id.desc())
    return session.scalars(wanted).all()


def class_grades(
    session: Session, of: Class, classroom: Classroom, those: Sequence[Membership] | None = None
) -> Iterator[Grade]:
    """Of every student that is listed, or of `those`; read in parts."""
    if those is None:
        those = session.scalars(students(of)).all()
    for first in range(0, len(those), STUDENTS_AT_ONCE):
        part = those[first : first + STUDENTS_AT_ONCE]
        wanted = (
            select(*COUNTS)
            .where(HandIn.membership_id.in_([one.id for one in part]), HandIn.again_of.is_(None))
            .order_by(HandIn.membership_id, HandIn.received_at, HandIn.id)
        )
        rows: Iterable[Any] = session.execute(wanted)
        by_member = groupby(rows, key=lambda one: one.membership_id)
        found = {id: list(group) for id, group in by_member}
        yield from (grade(member, found.get(member.id, []), classroom) for member in part)


def grade(
    member: Membership,
    own: Sequence[Tried],
    classroom: Classroom,
    judged: Judged = NOT_JUDGED_AGAIN,
) -> Grade:
    """Each exercise has attempts of its own, and the best of them counts. `judged` are rows with
    another verdict on a hand-in, by its id.
    """
    tries: dict[str, list[Tried]] = {}
    for one in own:
        tries.setdefault(one.exercise, []).append(one)
    standings = [
        _standing(id, member.student, tries.get(id, []), classroom, judged)
        for id in classroom.points
    ]
    tried = [one.score for one in standings if one.tries]
    score = None if None in tried else round(sum(filter(None, tried)), DIGITS)
    return Grade(
        member.student,
        member.person.name,
        score,
        round(classroom.max_score, DIGITS),
        standings,
    )


def counted(
    exercise: str,
    student: str,
    own: Sequence[Tried],
    classroom: Classroom,
    judged: Judged = NOT_JUDGED_AGAIN,
) -> Outcome | None:
    """The attempt that counts, and what it gives; None where there is none."""
    # An error of ours costs no attempt; where there is nothing else, there is no grade.
    tried = [one for one in own if one.exercise == exercise]
    attempts = [one for one in tried if one.state != FAILED] or tried[:1]
    if not attempts:
        return None
    kept = (_kept(one, judged.get(one.id, one), student) for one in attempts)
    points = {exercise: classroom.points[exercise]}
    (found,) = outcomes(kept, replace(classroom, points=points))
    return found


def _standing(
    exercise: str, student: str, tried: Sequence[Tried], classroom: Classroom, judged: Judged
) -> Standing:
    points = classroom.points[exercise]
    found = counted(exercise, student, tried, classroom, judged)
    if found is None:
        return Standing(exercise, points, 0.0, 0.0, 0, False)
    tries = len([one for one in tried if one.state != FAILED]) or 1
    passed = any(judged.get(one.id, one).outcome == "passed" for one in tried)
    lost = found.result["late_submission_penalty"] or 0.0
    return Standing(exercise, points, found.result["score"], lost, tries, passed)


def _kept(one: Tried, judged: Tried, student: str) -> Kept:
    verdict = None
    if judged.state in (DONE, REGRADED):
        missing = tuple(filter(None, (judged.unprotected or "").split(",")))
        verdict = Verdict(judged.outcome or "", judged.share or 0.0, missing)
    return Kept(student, str(one.id), one.received_at, False, {one.exercise: verdict})


def counted_reports(
    session: Session, of: Class, classroom: Classroom
) -> Iterator[tuple[str, list[Report]]]:
    """The reports on each student's hand-ins that count, where they are still kept."""
    for member, group in groupby(hand_ins(session, of), key=lambda one: one.membership):
        own = list(group)
        rows = {str(one.id): one for one in own}
        found = (counted(id, member.student, own, classroom) for id in classroom.points)
        reports = [report_of(rows[one.best.name]) for one in found if one]
        if member.role == Role.STUDENT and any(reports):
            yield member.student, [report for report in reports if report]


def so_far(session: Session, of: Class) -> tuple[int, str]:
    """How many hand-ins are graded, and a mark that is another one as soon as one more is."""
    wanted = (
        select(func.count(), func.max(HandIn.graded_at))
        .where(HandIn.membership_id.in_(ids_of_members(of.id)))
        .where(HandIn.state == DONE, HandIn.again_of.is_(None))
    )
    count, latest = session.execute(wanted).one()
    return count, f"{count} {latest}"


def graded(session: Session, of: Class) -> Iterator[Graded]:
    """Every verdict whose report is still kept, as far as the report on a class tells of it."""
    wanted = (
        select(HandIn)
        .join(Membership)
        .where(Membership.class_id == of.id, Membership.role == Role.STUDENT)
        .where(HandIn.state == DONE, HandIn.report.is_not(None))
        .order_by(Membership.student, HandIn.received_at, HandIn.id)
        .options(undefer(HandIn.files), undefer(HandIn.report))
        .execution_options(yield_per=AT_ONCE)
    )
    for one in session.scalars(wanted):
        report = report_of(one)
        assert report
        source = unpacked(one.files).get(f"{one.exercise}.py", b"")
        text = source.decode("utf-8-sig", "replace")
        yield Graded(one.membership.student, _gist(report), at=one.received_at, source=text)


def _gist(report: Report) -> Report:
    """Without what the report on a class leaves out: of a large class all are held at once."""
    failed = tuple(
        replace(test, frames=(), comparison=None, output="")
        for test in report.tests
        if test.outcome == "failed"
    )
    return replace(report, tests=failed, trace=None, provenance=None)
