"""The facts of a certificate, from what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.progress.exams import ExamRecord
from tui.study.clock import local_now
from tui.study.exam import ExamError
from tui.study.session import Session

if TYPE_CHECKING:
    from grader.certificates.facts import Facts


def passed_exam(session: Session) -> ExamRecord:
    """The exam that was passed last. Raises ExamError where there is none, or of another course."""
    if session.catalog.course.folder:
        raise ExamError("A certificate tells of our course, and this workspace learns another one.")
    record = session.progress.exams.latest_passed()
    if record is None:
        raise ExamError("A certificate is of a final exam that was passed: `learn exam`.")
    return record


def certificate_facts(session: Session, record: ExamRecord, name: str) -> Facts:
    """Raises `BadFacts` for what is no name."""
    from grader.certificates.facts import Facts

    assert record.finished is not None
    calendar = session.progress.database.calendar(local_now())
    passed = session.progress.standing().passed
    exercises = {exercise.id for exercise in session.catalog.exercises}
    outcomes = session.progress.exams.outcomes(record)
    return Facts(
        name=name.strip(),
        passed_on=calendar.day(record.finished).isoformat(),
        correct=record.correct,
        asked=len(record.questions),
        exercises_passed=sum(outcome == "passed" for outcome in outcomes.values()),
        exercises=len(record.exercises),
        course_passed=len(passed & exercises),
        course_exercises=len(exercises),
        course_version=record.course_version,
        suite_version=record.suite_version,
        seed=record.seed,
    )
