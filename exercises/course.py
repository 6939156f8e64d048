"""Where a course lies: what is taught, what grades it, what is asked.

Stub and hidden suite are paired by path, `exercises/C/E.py` ↔ `suites/C/E/`, and so are a chapter
and its questions. Ours is the default; a teacher's own course stands beside it in the same form.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Course:
    """Three folders of chapters. `suites` may be missing: a learner's copy comes without."""

    exercises: Path
    suites: Path
    quizzes: Path

    @classmethod
    def at(cls, root: Path) -> Course:
        """The course below `root`, in folders that are named as ours are."""
        return cls(root / "exercises", root / "grader" / "suites", root / "quizzes")


OURS = Course.at(Path(__file__).parents[1])
