"""Where an exercise's hidden half lies: `exercises/C/E.py` ↔ `grader/suites/C/E/`."""

from pathlib import Path

from exercises.catalog import Exercise
from grader.errors import UsageError


def suites_beside(exercises: Path) -> Path:
    """The folder of hidden suites that belongs to a folder of exercises."""
    return exercises.parent / "grader" / "suites"


def suite_folder(exercise: Exercise) -> Path:
    """The hidden suite's folder. Raises `UsageError` where the course came without it."""
    folder = suites_beside(exercise.stub.parents[1]) / exercise.chapter / exercise.id
    if not folder.is_dir():
        raise UsageError(f"The hidden suite of {exercise.id} is not installed here.")
    return folder


def solution_path(exercise: Exercise) -> Path:
    """Our own solution, which a learner may read after a pass."""
    return suite_folder(exercise) / "solution.py"
