"""Our solution of an exercise beside the answer that passed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.study.session import Session

AROUND = 2  # equal lines that are shown around what differs


class NotPassed(CourseError):
    exit_code = 2

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(f"The solution of {exercise.id} opens once `learn submit` has passed it.")


class NoSolution(CourseError):
    exit_code = 2

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(f"This copy of the course has no solution of {exercise.id}.")


@dataclass(frozen=True)
class Row:
    """A line of each side, one beside the other; None where the other side has more lines.

    `skipped` counts equal lines that are left out instead.
    """

    mine: str | None = None
    ours: str | None = None
    skipped: int = 0

    @property
    def is_equal(self) -> bool:
        return self.mine == self.ours


@dataclass(frozen=True)
class Solutions:
    mine: str
    ours: str

    def diff(self) -> Iterator[str]:
        """What would turn the learner's file into ours, as `diff -u` writes it."""
        mine, ours = self.mine.splitlines(), self.ours.splitlines()
        return difflib.unified_diff(mine, ours, "yours", "ours", lineterm="")

    def rows(self) -> Iterator[Row]:
        """Both from beginning to end; long stretches that are equal are left out."""
        mine, ours = self.mine.splitlines(), self.ours.splitlines()
        matcher = difflib.SequenceMatcher(None, mine, ours, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                yield from _equal(mine[a:b], is_first=a == 0, is_last=b == len(mine))
                continue
            for place in range(max(b - a, d - c)):
                yield Row(
                    mine[a + place] if a + place < b else None,
                    ours[c + place] if c + place < d else None,
                )


def _equal(lines: list[str], is_first: bool, is_last: bool) -> Iterator[Row]:
    before = 0 if is_first else AROUND
    after = 0 if is_last else AROUND
    skipped = len(lines) - before - after
    if skipped <= 1:
        before, after, skipped = len(lines), 0, 0
    yield from (Row(line, line) for line in lines[:before])
    if skipped:
        yield Row(skipped=skipped)
    yield from (Row(line, line) for line in lines[len(lines) - after :])


def solutions(session: Session, exercise: Exercise) -> Solutions:
    """Raises NotPassed before the pass, and NoSolution where there is none."""
    mine = session.progress.passed_source(exercise.id)
    if mine is None:
        raise NotPassed(exercise)
    path = exercise.suite / "solution.py"
    if not path.exists():
        raise NoSolution(exercise)
    return Solutions(mine, path.read_text("utf-8"))
