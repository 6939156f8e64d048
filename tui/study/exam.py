"""The final exam: questions over the whole course, and exercises that the learner writes anew.

It can be left and gone on with, says nothing on an answer until it is handed in, and is handed in
once. Its exercises lie in a folder of their own, and change nothing in the course.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from exercises.catalog import Catalog, Chapter, Exercise
from exercises.errors import CourseError
from exercises.files import write_atomically
from exercises.words import plural
from quizzes.bank import load_bank
from quizzes.questions.question import Question
from quizzes.questions.selection import for_exam, pass_mark
from quizzes.questions.sitting import EXAM, EXAM_EXERCISES
from tui.progress.answers import Answers
from tui.progress.exams import ExamRecord, HandedIn
from tui.study.grading import read_file
from tui.study.quiz_round import Round
from tui.study.session import Session

if TYPE_CHECKING:
    from grader import Report, Submission

FOLDER = "exam"
DIFFICULTIES = (2, 3)  # of its exercises: an evening's work together, and none for nothing


class ExamError(CourseError):
    """What is asked of an exam is not possible now."""

    exit_code = 2


class ExamRound(Round):
    """Its questions. What was answered before is answered still."""

    explains = False

    def __init__(
        self, questions: Iterable[Question], seed: int, typed: Mapping[str, str], answers: Answers
    ) -> None:
        super().__init__(questions, seed, "exam", answers)
        for asked in self.questions:
            if asked.question.id not in typed:
                break
            self.verdicts.append(asked.check(typed[asked.question.id]))


@dataclass(frozen=True)
class ChapterScore:
    chapter: Chapter
    right: int
    asked: int


@dataclass(frozen=True)
class ExamResult:
    """How an exam went. `outcomes` are of its exercises, `revisit` the topics that went wrong."""

    record: ExamRecord
    chapters: tuple[ChapterScore, ...]
    outcomes: tuple[tuple[Exercise, bool], ...]
    revisit: tuple[str, ...]
    needed: int
    exercises_needed: int

    @property
    def exercises_passed(self) -> int:
        return sum(passed for _, passed in self.outcomes)


class Exam:
    """One exam of the learner's, with its questions and files."""

    def __init__(self, session: Session, record: ExamRecord) -> None:
        """Raises ExamError where the course asks something else now."""
        catalog = session.catalog
        questions = exam_questions(catalog, record.seed)
        exercises = exam_exercises(catalog, record.seed)
        ids = tuple(question.id for question in questions)
        if (ids, tuple(exercise.id for exercise in exercises)) != (
            record.questions,
            record.exercises,
        ):
            raise ExamError(
                "The course has changed since this exam began, and asks other questions now."
                " `learn exam --new` begins another."
            )
        answers = session.progress.answers
        typed = answers.in_exam(record.seed, record.started)
        self.record = record
        self.exercises = exercises
        self.round = ExamRound(questions, record.seed, typed, answers)
        self.needed = pass_mark(len(questions))
        self.exercises_needed = pass_mark(len(exercises))
        self._session = session

    @property
    def folder(self) -> Path:
        return self._session.workspace.root / FOLDER / f"{self.record.started:%Y%m%d-%H%M%S}"

    def file(self, exercise: Exercise) -> Path:
        return self.folder / exercise.stub.name

    def write_stubs(self) -> None:
        """Put the stubs that are missing there; what is there is left alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for exercise in self.exercises:
            if not self.file(exercise).exists():
                write_atomically(self.file(exercise), exercise.stub.read_bytes())

    def unwritten(self) -> tuple[Exercise, ...]:
        """The exercises whose file is still the stub."""
        return tuple(
            exercise
            for exercise in self.exercises
            if self.file(exercise).read_bytes() == exercise.stub.read_bytes()
        )

    def submissions(self) -> tuple[Submission, ...]:
        """What is handed in. Raises ExamError where it cannot be yet, or no more."""
        if self.record.finished:
            raise ExamError("This exam was handed in. `learn exam --new` begins another.")
        if self.round.current:
            left = len(self.round.questions) - len(self.round.verdicts)
            raise ExamError(
                f"{plural(left, 'question waits', 'questions wait')} for an answer:"
                " `learn exam` goes on with it. A question that you cannot answer takes a `?`."
            )
        self.write_stubs()
        # With new numbers each time; what was passed in the course may be imported, as always.
        return tuple(
            read_file(self._session, self.file(exercise), exercise, None, mine=True)
            for exercise in self.exercises
        )

    def finish(self, graded: Iterable[tuple[Submission, Report]], now: datetime) -> ExamResult:
        """Keep the verdicts. Raises ExamError, and keeps nothing, where one is our own failure."""
        handed_in = []
        for submission, report in graded:
            if report.outcome == "error":
                raise ExamError(
                    f"The grader failed on {report.exercise}: its mistake, not yours. Nothing was"
                    " handed in. `learn doctor` looks for the reason; then hand in again."
                )
            source = submission.main
            handed_in.append(
                HandedIn(
                    report.exercise,
                    report.outcome,
                    source if isinstance(source, bytes) else source.encode(),
                    json.dumps(report.to_dict(), ensure_ascii=False),
                )
            )
        solved = sum(one.outcome == "passed" for one in handed_in)
        passed = self.round.correct >= self.needed and solved >= self.exercises_needed
        from grader.provenance import course_suite_version, course_version

        self.record = replace(
            self.record,
            finished=now,
            correct=self.round.correct,
            passed=passed,
            course_version=course_version(),
            suite_version=course_suite_version(self._session.catalog),
        )
        self._session.progress.exams.finish(self.record, handed_in)
        return self.result()

    def result(self) -> ExamResult:
        """Of an exam that was handed in."""
        outcomes = self._session.progress.exams.outcomes(self.record)
        return ExamResult(
            self.record,
            self._by_chapter(),
            tuple((one, outcomes.get(one.id) == "passed") for one in self.exercises),
            self.round.revisit,
            self.needed,
            self.exercises_needed,
        )

    def _by_chapter(self) -> tuple[ChapterScore, ...]:
        catalog = self._session.catalog
        marks: dict[str, list[bool]] = {chapter.id: [] for chapter in catalog.chapters}
        for asked, verdict in zip(self.round.questions, self.round.verdicts, strict=True):
            marks[catalog.topics[asked.question.topic][0].id].append(verdict.right)
        return tuple(
            ChapterScore(catalog.chapter(id), sum(rights), len(rights))
            for id, rights in marks.items()
            if rights
        )


def begin(session: Session, seed: int, now: datetime) -> Exam:
    """Another exam; one that is going on is given up."""
    questions = tuple(question.id for question in exam_questions(session.catalog, seed))
    exercises = tuple(exercise.id for exercise in exam_exercises(session.catalog, seed))
    if not questions or not exercises:
        raise ExamError("This course has no questions or no exercises to make an exam of.")
    # As it is kept: the folder's name is made of it.
    record = ExamRecord(now.astimezone(UTC), seed, questions, exercises)
    session.progress.exams.begin(record)
    return Exam(session, record)


def latest(session: Session) -> Exam | None:
    """The exam that was begun last, handed in or not."""
    record = session.progress.exams.latest()
    return Exam(session, record) if record else None


def exam_questions(catalog: Catalog, seed: int) -> tuple[Question, ...]:
    return for_exam([part.questions for part in load_bank(catalog).chapters], EXAM, seed)


def exam_exercises(catalog: Catalog, seed: int) -> tuple[Exercise, ...]:
    """One each of a few chapters, in the order of the course."""
    random = Random(seed)
    able = [chapter for chapter in catalog.chapters if chapter.exercises]
    chosen = random.sample(able, min(EXAM_EXERCISES, len(able)))
    exercises = []
    for chapter in sorted(chosen, key=lambda chapter: chapter.number):
        fitting = [one for one in chapter.exercises if one.difficulty in DIFFICULTIES]
        exercises.append(random.choice(fitting or chapter.exercises))
    return tuple(exercises)
