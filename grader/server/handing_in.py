"""What may be handed in, in words for who does; and that it is received."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from exercises.catalog import Catalog, Exercise
from grader.errors import SubmissionError
from grader.notebooks.cells import cells_of, is_notebook
from grader.notebooks.selection import Notebook
from grader.report import cut, printable
from grader.server.members import classroom
from grader.server.queue import Queue
from grader.server.schema import HandIn, Membership
from grader.source_files import with_imports
from grader.submission import MAX_SOURCE_BYTES

MOST_FILES = 20
MAX_BYTES = 1024 * 1024  # of all files
MOST_KEY = 64
SHOWN_NAME = 100  # letters of a notebook's name
FILE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\.py")


def hand_in(
    queue: Queue,
    member: Membership,
    exercise: str,
    files: Mapping[str, bytes],
    key: str,
    made_at: datetime | None = None,
) -> HandIn:
    """The row that is in the queue now. Raises `SubmissionError` and `Refused`."""
    asked = classroom(member.class_.settings).points
    if exercise not in asked:
        raise SubmissionError(
            f"{member.class_.name} does not ask for {exercise!r}. It asks for {', '.join(asked)}."
        )
    _check(exercise, files)
    if not 0 < len(key) <= MOST_KEY:
        raise SubmissionError(f"The key of a hand-in has 1 to {MOST_KEY} letters.")
    return queue.receive(member.id, exercise, files, key, made_at)


def uploaded_files(
    exercise: Exercise, catalog: Catalog, uploaded: Mapping[str, bytes]
) -> dict[str, bytes]:
    """What a browser sent, as files of Python: of a notebook, the cells that answer the exercise.

    Raises `SubmissionError` for a notebook in which nothing does.
    """
    main = f"{exercise.id}.py"
    if len(uploaded) == 1:  # what a browser calls the one file says nothing: "softmax (2).py"
        ((name, source),) = uploaded.items()
        if not is_notebook(Path(name)):
            return {main: source}
    notebooks = [name for name in uploaded if is_notebook(Path(name))]
    if not notebooks:
        return dict(uploaded)
    if len(notebooks) > 1 or main in uploaded:
        raise SubmissionError(f"Hand in one notebook or {main}, and not several answers at once.")
    (name,) = notebooks
    notebook = Notebook(cells_of(uploaded[name], printable(cut(name, SHOWN_NAME))), catalog)

    def beside(module: str) -> bytes | None:
        return uploaded.get(f"{module}.py")

    source = notebook.source(exercise)
    return with_imports(main, source, MAX_SOURCE_BYTES, notebook.module, beside)


def _check(exercise: str, files: Mapping[str, bytes]) -> None:
    if f"{exercise}.py" not in files:
        raise SubmissionError(f"The file {exercise}.py is missing: it is the one that is graded.")
    if len(files) > MOST_FILES:
        raise SubmissionError(f"{len(files)} files are too many. {MOST_FILES} can be handed in.")
    for name, source in files.items():
        if not FILE_NAME.fullmatch(name):
            raise SubmissionError(
                f"{name!r} is no name for a file here: letters, digits and _, then .py."
            )
        if len(source) > MAX_SOURCE_BYTES:
            raise SubmissionError(f"{name} has more than {MAX_SOURCE_BYTES // 1024} KB.")
    if sum(map(len, files.values())) > MAX_BYTES:
        raise SubmissionError(f"All files together have more than {MAX_BYTES // 1024**2} MB.")
