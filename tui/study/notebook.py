"""A chapter as a notebook, and its answers back in the workspace.

The lesson, with its figures as pictures; for each exercise a cell with the learner's file or the
stub, tagged with the exercise's id, and one that checks it. Ids of cells follow from their places
in the course, so that the notebook of the same course and files is the same again.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from exercises.catalog import Catalog, Chapter, Exercise
from exercises.errors import CourseError
from exercises.files import course_text
from exercises.lesson import ExerciseLine, FigureCall, FigureLine, Section, load_lesson
from exercises.workspace import Workspace
from grader.repository import notebook_answers
from grader.source_files import lines
from tui.output import shown
from tui.text.lesson_markdown import plain

Pictures = Mapping[FigureCall, bytes]  # as PNG

HOW = """\
Below each exercise stands a cell that checks your answer: run yours first, then that one. Your code
is graded in a process of its own, and not in this notebook. `learn notebook FILE.ipynb` brings your
answers into your workspace."""


class NoText(CourseError):
    exit_code = 2


def figure_calls(chapter: Chapter) -> tuple[FigureCall, ...]:
    """The figures of the chapter's lesson, each once."""
    blocks = load_lesson(chapter.lesson).blocks
    return tuple(dict.fromkeys(one.call for one in blocks if isinstance(one, FigureLine)))


def notebook(chapter: Chapter, workspace: Workspace, pictures: Pictures) -> bytes:
    """The chapter as a notebook of format 4.5. A figure without its picture is named."""
    lesson = load_lesson(chapter.lesson)
    title = f"# {lesson.title or chapter.title}\n\n{HOW}"
    cells = [_markdown("title", title)]
    asked: set[str] = set()
    for section in lesson.all_sections:
        cells += _section(section, chapter, workspace, pictures, asked)
    for exercise in chapter.exercises:
        if exercise.id not in asked:
            cells += _exercise(exercise, exercise.summary, workspace)
    whole = new_notebook(cells=cells)
    whole.metadata = NotebookNode(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
        language_info={"name": "python"},
    )
    text: str = nbformat.writes(whole)  # which validates it
    return f"{text}\n".encode()


@dataclass(frozen=True)
class Taken:
    """An answer of a notebook that was written into the workspace, or why it was not.

    `backup` is where the learner's file is kept that it replaced.
    """

    exercise: Exercise
    backup: Path | None = None
    refusal: str = ""


def take_in(file: Path, catalog: Catalog, workspace: Workspace, now: datetime) -> Iterator[Taken]:
    """Write the answers of a notebook that are new into the workspace.

    A stub as it was is no answer, and replaces none. Raises `SubmissionError` for what is no
    notebook of answers.
    """
    for answer in notebook_answers(file, catalog, (), 0, "cpu"):
        exercise = catalog.exercise(answer.submission.exercise)
        if answer.refusal:
            yield Taken(exercise, refusal=answer.refusal)
            continue
        content = answer.submission.main
        assert isinstance(content, bytes)
        stub = course_text(exercise.stub)
        if lines(content) not in (lines(stub), lines(_written(exercise, workspace))):
            yield Taken(exercise, workspace.replace(exercise, content, now))


def _section(
    section: Section,
    chapter: Chapter,
    workspace: Workspace,
    pictures: Pictures,
    asked: set[str],
) -> Iterator[NotebookNode]:
    """Text up to the next exercise is one cell."""
    known = {exercise.id: exercise for exercise in chapter.exercises}
    anchor = section.anchor or "introduction"
    heading = f"## {section.title}" if section.anchor else ""
    for number, part in enumerate(section.parts):
        written = [heading] if heading and not number else []
        written += [f"### {part.title}"] if part.title else []
        drawn: dict[FigureCall, bytes] = {}
        pieces = 0
        for block in part.blocks:
            if isinstance(block, ExerciseLine) and block.id in known:
                if written:
                    yield _markdown(f"{anchor}-{number}-{pieces}", "\n\n".join(written), drawn)
                written, drawn, pieces = [], {}, pieces + 1
                asked.add(block.id)
                yield from _exercise(known[block.id], block.says, workspace)
            elif isinstance(block, FigureLine) and block.call in pictures:
                drawn[block.call] = pictures[block.call]
                written.append(f"![{block.call.name}](attachment:{_name(block.call)})")
                written.append(block.call.says)
            else:
                written.append(plain(block.text))
        if written:
            yield _markdown(f"{anchor}-{number}-{pieces}", "\n\n".join(written), drawn)


def _exercise(exercise: Exercise, says: str, workspace: Workspace) -> Iterator[NotebookNode]:
    what, hint = f"{says[:1].upper()}{says[1:]}", f"A hint: `learn hint {exercise.id}`."
    about = f"### Exercise: {exercise.title}\n\n{what}\n\n{hint}"
    yield _markdown(f"{exercise.id}-about", about)
    source = _written(exercise, workspace).rstrip("\n")
    yield new_code_cell(source, id=_id(exercise.id), metadata={"tags": [exercise.id]})
    check = f'from grader.checking import check\n\ncheck("{exercise.id}")'
    yield new_code_cell(check, id=_id(f"{exercise.id}-check"), metadata={"tags": ["check"]})


def _markdown(
    id: str, text: str, pictures: Mapping[FigureCall, bytes] | None = None
) -> NotebookNode:
    cell: NotebookNode = new_markdown_cell(text, id=_id(id))
    if pictures:
        cell.attachments = {
            _name(call): {"image/png": base64.b64encode(png).decode()}
            for call, png in pictures.items()
        }
    return cell


def _name(call: FigureCall) -> str:
    """Letters that need no escape in an address."""
    return "-".join([call.name, *(one.replace("=", "-") for one in call.settings)]) + ".png"


def _id(text: str) -> str:
    """Format 4.5 takes 64 letters; the end tells cells of one section apart."""
    return text if len(text) <= 64 else text[:40] + text[-24:]


def _written(exercise: Exercise, workspace: Workspace) -> str:
    """The learner's file, or the stub where there is none."""
    file = workspace.file(exercise)
    try:
        return (file if file.exists() else exercise.stub).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise NoText(f"{shown(file)} is not UTF-8. Save it as UTF-8 text.") from None
