"""Submit the answers in a notebook's cells, each as if its file had been submitted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.output import print_message
from tui.study.grading import SEEDS, tell
from tui.study.handing_in import keep_for_class, tell_handed_in
from tui.study.session import Session

if TYPE_CHECKING:
    from grader.repository import Answer


def submit_notebook(session: Session, file: Path, as_json: bool) -> int:
    """Grade what is written in it, tell the verdicts, and give the worst exit code of these and of
    handing them in.

    A stub as it was is no answer, and costs no attempt. Raises `SubmissionError` for a file that
    is no notebook, or in which nothing is answered.
    """
    from tui.warm_grader.client import warm_grader

    found = _answers(session, file)
    codes = []
    with warm_grader(session.workspace.state) as grader:
        for answer in found:
            if answer.refusal:
                print_message(f"{answer.submission.exercise}: {answer.refusal}", err=True)
                codes.append(1)
                continue
            keep_for_class(session, answer.submission)
            report = grader.grade(answer.submission)
            tell(session, answer.submission, "submit", report, as_json)
            codes.append(report.exit_code)
    return max(*codes, tell_handed_in(session.workspace))


def _answers(session: Session, file: Path) -> list[Answer]:
    from grader.errors import SubmissionError
    from grader.notebooks.cells import read_cells
    from grader.notebooks.selection import Notebook
    from grader.repository import of_notebook
    from grader.submission import Submission

    catalog = session.catalog
    notebook = Notebook(read_cells(file, file.parent), catalog)
    begun = [exercise for exercise in notebook.answered if notebook.is_begun(exercise)]
    if not begun:
        raise SubmissionError(
            f"{file.name} holds no answer yet. An answer is found by the function or class that a"
            f" cell defines, such as {catalog.exercises[0].entry[0]}."
        )
    return [
        of_notebook(
            file,
            notebook,
            exercise,
            Submission(exercise.id, {}, SEEDS["submit"], course=catalog.course.folder),
        )
        for exercise in begun
    ]
