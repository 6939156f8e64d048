"""Where an exercise's hidden half lies: `exercises/C/E.py` ↔ `grader/suites/C/E/`."""

from pathlib import Path

from exercises.catalog import Exercise
from grader.errors import UsageError


def suite_folder(exercise: Exercise) -> Path:
    """The hidden suite's folder. Raises `UsageError` where the course came without it."""
    if not exercise.suite.is_dir():
        raise UsageError(f"The hidden suite of {exercise.id} is not installed here.")
    return exercise.suite


def solution_path(exercise: Exercise) -> Path:
    """Our own solution, which a learner may read after a pass."""
    return suite_folder(exercise) / "solution.py"
