"""An exercise's hidden half: where it lies (`exercises/C/E.py` ↔ `grader/suites/C/E/`), and itself.

To know where it lies needs no torch, which is loaded only for an `AnswerKey`.
"""

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


class AnswerKey:
    """What an examiner holds of one exercise: the suite, the solution and the known mistakes."""

    def __init__(self, exercise: Exercise) -> None:
        from grader.examiner.diagnosis import Diagnostician
        from grader.examiner.suite_run import Suite
        from grader.misconceptions import load_misconceptions
        from grader.worker.calls import LoadedModule

        folder = suite_folder(exercise)
        self.suite = Suite(folder / f"test_{exercise.id}.py")
        source = (folder / "solution.py").read_text(encoding="utf-8")
        misconceptions = load_misconceptions(folder / "misconceptions.yaml")
        self.diagnostician = Diagnostician(exercise.id, source, misconceptions)
        # What the suite makes with it is another's than what the diagnosis makes.
        self.solution = LoadedModule(self.diagnostician.module)
