"""A student's folder or notebook: which of its files or cells answers which exercise.

A file is found by its name, where `learn init` puts it, in the folder or in its `workspace/`; or
beside all others, for a repository of a few exercises. Nothing else in the folder is looked at.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from exercises.catalog import Catalog, Exercise
from exercises.workspace import DEFAULT_NAME
from grader.errors import SubmissionError
from grader.notebooks.cells import read_cells
from grader.notebooks.selection import Notebook
from grader.report import Report
from grader.source_files import is_there, read_file
from grader.submission import MAX_SOURCE_BYTES, Submission


@dataclass(frozen=True)
class Answer:
    """One exercise of a folder; `refusal` says why there is nothing in it that can be graded."""

    submission: Submission
    file: Path | None = None
    refusal: str = ""

    def told(self, report: Report) -> Report:
        """The report on an answer that cannot be graded, in words that tell why."""
        if not self.refusal or not report.problem:
            return report
        return replace(report, problem=replace(report.problem, message=self.refusal))


def answers(
    folder: Path, catalog: Catalog, wanted: Collection[str], seed: int | None, device: str
) -> list[Answer]:
    """The answers in `folder`, in the order of the course: to the exercises of the ids `wanted`,
    there or not, or to all that are there.

    A file that is missing, is there twice or may not be read is an answer that fails: a student
    must not raise a grade by taking a file away. Raises `SubmissionError` for a folder that has
    none at all.
    """
    found = {exercise.id: list(_files(folder, exercise)) for exercise in catalog.exercises}
    ids = [id for id in found if id in wanted or (found[id] and not wanted)]
    if not ids:
        example = catalog.exercises[0]
        raise SubmissionError(
            f"{folder} holds no answer. A file is found by its name,"
            f" such as {example.chapter}/{example.stub.name}."
        )
    nothing = Submission("", {}, seed, device, course=catalog.course.folder)
    return [
        _answer(folder, catalog.exercise(id), found, replace(nothing, exercise=id)) for id in ids
    ]


def notebook_answers(
    file: Path, catalog: Catalog, wanted: Collection[str], seed: int | None, device: str
) -> list[Answer]:
    """As `answers`, of the cells of a notebook. Raises `SubmissionError` for what is none."""
    notebook = Notebook(read_cells(file, file.parent), catalog)
    answered = {exercise.id for exercise in notebook.answered}
    chosen = [one for one in catalog.exercises if one.id in (wanted or answered)]
    if not chosen:
        names = catalog.exercises[0].entry[0]
        raise SubmissionError(
            f"{file.name} holds no answer. An answer is found by the function or class that a"
            f" cell defines, such as {names}."
        )
    nothing = Submission("", {}, seed, device, course=catalog.course.folder)
    return [of_notebook(file, notebook, one, replace(nothing, exercise=one.id)) for one in chosen]


def of_notebook(
    file: Path | None, notebook: Notebook, exercise: Exercise, nothing: Submission
) -> Answer:
    """What answers the exercise in the cells; `nothing` is handed in where no cell does."""
    try:
        return Answer(replace(nothing, source=notebook.files(exercise)), file)
    except SubmissionError as error:
        return Answer(nothing, file, str(error))


def _files(folder: Path, exercise: Exercise) -> Iterator[Path]:
    name = exercise.stub.name
    for home in (folder / exercise.chapter, folder / DEFAULT_NAME / exercise.chapter, folder):
        if is_there(home / name):
            yield home / name


def _answer(
    folder: Path, exercise: Exercise, found: dict[str, list[Path]], nothing: Submission
) -> Answer:
    """What answers the exercise; `nothing` is handed in where no file does."""
    files = found[exercise.id]
    if not files:
        return Answer(
            nothing, refusal=f"There is no file {exercise.stub.name} in what you hand in."
        )
    if len(files) > 1:
        names = " and ".join(file.relative_to(folder).as_posix() for file in files)
        return Answer(nothing, files[0], f"There are several answers: {names}. Keep one of them.")
    elsewhere = partial(_of_another_chapter, folder, found)
    try:
        submission = Submission.from_file(
            files[0],
            exercise.id,
            nothing.seed,
            nothing.device,
            within=folder,
            elsewhere=elsewhere,
            course=nothing.course,
        )
    except SubmissionError as error:
        return Answer(nothing, files[0], str(error))
    return Answer(submission, files[0])


def _of_another_chapter(folder: Path, found: dict[str, list[Path]], module: str) -> bytes | None:
    """What `learn check --mine` allows: an answer may import those of other chapters."""
    files = found.get(module, [])
    return read_file(files[0], folder, MAX_SOURCE_BYTES) if len(files) == 1 else None
