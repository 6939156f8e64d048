"""What was answered to questions, and which topics and chapters were tested out of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tui.progress.database import Database, moment, timestamp
from tui.progress.records import Answered

Context = Literal["quiz", "testout", "lesson", "prerequisites", "exam"]
IN_QUIZZES: tuple[Context, ...] = ("quiz", "testout", "exam")


# What is known of an answer: one that was given in an exam says nothing before that is handed in.
TOLD = (
    "(context != 'exam' OR EXISTS (SELECT 1 FROM exams"
    " WHERE exams.seed = answers.seed AND answers.at BETWEEN exams.started AND exams.finished))"
)


@dataclass(frozen=True)
class Answer:
    """One answer, as it was typed. The seed says which numbers the question had."""

    question: str
    seed: int
    answer: str
    right: bool
    context: Context
    at: datetime


@dataclass(frozen=True)
class TestOut:
    __test__ = False  # pytest takes it for a test otherwise

    section: str
    correct: int
    asked: int
    passed: bool
    at: datetime


class Answers:
    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, answer: Answer) -> None:
        with self._db.change() as db:
            db.execute(
                "INSERT INTO answers (question, seed, answer, is_right, context, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    answer.question,
                    answer.seed,
                    answer.answer,
                    answer.right,
                    answer.context,
                    timestamp(answer.at),
                ),
            )

    def all(self) -> list[Answer]:
        """Oldest first."""
        return [
            _answer(*row) for row in self._db.rows(f"SELECT {COLUMNS} FROM answers ORDER BY id")
        ]

    def latest(self) -> dict[str, Answer]:
        """The last answer to each question, without those of an exam that is not handed in."""
        rows = self._db.rows(
            f"SELECT {COLUMNS} FROM answers"
            f" WHERE id IN (SELECT max(id) FROM answers WHERE {TOLD} GROUP BY question)"
        )
        return {row[0]: _answer(*row) for row in rows}

    def by_day(self, now: datetime) -> dict[str, Answered]:
        """The last answer to each question, as the planner reads it."""
        calendar = self._db.calendar(now)
        return {
            id: Answered(answer.right, calendar.day(answer.at), answer.context in IN_QUIZZES)
            for id, answer in self.latest().items()
        }

    def in_exam(self, seed: int, started: datetime) -> dict[str, str]:
        """What was typed in the exam with this seed since it began, by question."""
        rows = self._db.rows(
            "SELECT question, answer FROM answers"
            " WHERE context = 'exam' AND seed = ? AND at >= ? ORDER BY id",
            seed,
            timestamp(started),
        )
        return dict(rows)

    def count(self) -> int:
        return int(self._db.rows("SELECT count(*) FROM answers")[0][0])

    def record_testout(self, testout: TestOut) -> None:
        with self._db.change() as db:
            db.execute(
                "INSERT INTO testouts (section, correct, asked, passed, at) VALUES (?, ?, ?, ?, ?)",
                (
                    testout.section,
                    testout.correct,
                    testout.asked,
                    testout.passed,
                    timestamp(testout.at),
                ),
            )

    def tested_out(self) -> frozenset[str]:
        """The topics and chapters whose test-out was passed."""
        rows = self._db.rows("SELECT DISTINCT section FROM testouts WHERE passed")
        return frozenset(section for (section,) in rows)


COLUMNS = "question, seed, answer, is_right, context, at"


def _answer(
    question: str, seed: int, answer: str, is_right: int, context: Context, at: str
) -> Answer:
    return Answer(question, seed, answer, bool(is_right), context, moment(at))
