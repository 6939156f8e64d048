"""Grades kept answers again, by suites that have changed since, and says what that would change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.classroom.grades import Outcome, outcomes
from grader.classroom.grading import Grading
from grader.classroom.hand_ins import student_name
from grader.classroom.progress import share
from grader.classroom.settings import Classroom
from grader.classroom.store import HandedIn, Key, Moved, Store
from grader.classroom.worth import worth
from grader.grader import Grader
from grader.report import Report, TestResult
from grader.repository import Answer
from grader.submission import Submission


@dataclass(frozen=True)
class TestChange:
    """One hidden test, before and after; None where the suite has no such test."""

    __test__ = False  # pytest: this is no test class

    before: TestResult | None
    after: TestResult | None


@dataclass(frozen=True)
class ExerciseChange:
    """What an exercise gave and gives, of the hand-ins that counted and count."""

    exercise: str
    before: Report
    after: Report

    def tests(self) -> Iterator[TestChange]:
        """Those that came, went, or give other points, in the order of the suite."""
        old, new = ({test.name: test for test in one.tests} for one in (self.before, self.after))
        for name in {**new, **old}:
            change = TestChange(old.get(name), new.get(name))
            if _given(change.before) != _given(change.after):
                yield change


@dataclass(frozen=True)
class Change:
    """Two results of one student, as `grader results` gives them, that are not of one score. `name`
    is the student's, empty where none is known.
    """

    before: dict[str, Any]
    after: dict[str, Any]
    exercises: tuple[ExerciseChange, ...]
    name: str = ""


@dataclass(frozen=True)
class Renamed:
    """A student whose answer is explained otherwise."""

    student: str
    after: str


class Regrade:
    """`suites` are the versions to judge by. Verdicts are kept at once, and change no score until
    `store.move` is told so.
    """

    def __init__(self, store: Store, classroom: Classroom, suites: Mapping[str, str]) -> None:
        self._store, self._classroom, self._suites = store, classroom, suites
        self.asked = list(store.judged_by_others(suites))
        self.without_files = 0  # kept by an older version
        self.errors = 0

    def grade(
        self,
        grader: Grader,
        only_sandboxed: bool,
        show: Callable[[str], None] = lambda line: None,
    ) -> None:
        grading = Grading(grader, self._store, only_sandboxed, self._count)
        for number, (exercise, old) in enumerate(self.asked, start=1):
            show(f"{number} of {len(self.asked)} answers")
            key = replace(old, suite=self._suites[exercise])
            handed_in = self._store.handed_in(old)
            if not handed_in:
                self.without_files += 1
            elif not self._store.has_verdict(key) and key not in grading:
                grading.start(key, self._answer(exercise, handed_in))
        grading.finish()

    def moved(self, never_lower: bool) -> Moved:
        """The answers that have a verdict by the new suite, and may have it."""
        found = {}
        for exercise, old in self.asked:
            key = replace(old, suite=self._suites[exercise])
            before = self._store.report(old.content, old.suite)
            after = self._store.report(key.content, key.suite)
            if not before or not after or after.outcome == "error":
                continue
            if not never_lower or share(after) >= share(before):
                found[old.content, old.suite] = key.suite
        return found

    def changes(self, moved: Moved) -> Iterator[Change]:
        """Of each student who would have another score."""
        classroom = self._classroom
        before = outcomes(self._store.hand_ins(), classroom)
        after = outcomes(self._store.hand_ins(moved), classroom)
        for old, new in zip(before, after, strict=True):
            if old.result["score"] != new.result["score"]:
                parts = tuple(self._exercises(old, new, moved))
                name = student_name(new.best.name, new.best.student)
                yield Change(old.result, new.result, parts, name)

    def renamed(self, moved: Moved) -> Iterator[Renamed]:
        """Who would be told another misconception than before."""
        for (content, old), new in moved.items():
            before, after = (self._store.report(content, suite) for suite in (old, new))
            if before and after and _named(before) != _named(after):
                told = f"{after.exercise}: {_named(after) or 'no known misconception'}"
                for student in self._store.students(content, old):
                    yield Renamed(student, told)

    def _exercises(self, old: Outcome, new: Outcome, moved: Moved) -> Iterator[ExerciseChange]:
        for id, points in self._classroom.points.items():
            if old.result["exercises"][id] == new.result["exercises"][id]:
                continue
            before = self._store.judged_by(old.best, id)
            content, suite = self._store.judged_by(new.best, id)
            after = content, moved.get((content, suite), suite)
            reports = [self._store.report(*one) for one in (before, after)]
            if reports[0] and reports[1]:
                yield ExerciseChange(id, worth(reports[0], points), worth(reports[1], points))

    def _answer(self, exercise: str, handed_in: HandedIn) -> Answer:
        submission = Submission(
            exercise,
            handed_in.files,
            handed_in.key.seed,
            handed_in.key.device,
            course=self._classroom.catalog.course.folder,
        )
        return Answer(submission, refusal=handed_in.refusal)

    def _count(self, key: Key, report: Report) -> None:
        self.errors += report.outcome == "error"


def _named(report: Report) -> str:
    return report.diagnosis.id if report.diagnosis else ""


def _given(test: TestResult | None) -> tuple[float, float] | None:
    return (test.points, test.max_points) if test else None
