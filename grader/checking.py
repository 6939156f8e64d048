"""`check("softmax")` in a cell of a notebook: the verdict on the cells that were run before it."""

import atexit
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exercises.course_here import catalog_here
from grader.errors import UsageError
from grader.formats import render
from grader.grader import Grader
from grader.notebooks.cells import Cell
from grader.notebooks.selection import Notebook
from grader.report import Report
from grader.repository import of_notebook
from grader.submission import Submission

SEED = 0  # as `learn check`: the same questions each time


@dataclass(frozen=True)
class Checked:
    """A report that a notebook shows as HTML, and everything else as text."""

    report: Report

    def _repr_html_(self) -> str:
        return render(self.report, "html")

    def __repr__(self) -> str:
        return render(self.report, "text").rstrip()


def check(exercise: str, cells: Sequence[str] | None = None) -> Checked:
    """Grade the answer in `cells`, the texts of cells in the order in which they were run.

    Without them, those that IPython remembers; of one that was run again, the last text counts.
    The exercise is one of the workspace in which the kernel runs, or of our own course elsewhere.
    The code is graded in the sandbox, as by `learn check`, not in this process. Raises `UsageError`
    outside of a notebook, and `UnknownExercise` for an id that is none.
    """
    texts = _history() if cells is None else cells
    run = [Cell(number, text) for number, text in enumerate(texts)]
    catalog = catalog_here()
    asked = catalog.exercise(exercise)
    nothing = Submission(asked.id, {}, SEED, course=catalog.course.folder)
    notebook = Notebook(run, catalog, latest=True)
    answer = of_notebook(Path("this notebook"), notebook, asked, nothing)
    return Checked(answer.told(_grader().grade(answer.submission)))


def _history() -> Sequence[str]:
    """What was typed, not what IPython has made of it; the place is the number beside the cell."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        raise UsageError("`check` is for a cell of a notebook. Use `learn check` elsewhere.")
    texts: Sequence[str] = shell.history_manager.input_hist_raw
    return texts


@cache
def _grader() -> Grader:
    """Kept as long as the kernel lives: only the first check waits for torch."""
    grader = Grader()
    atexit.register(grader.close)
    return grader
