"""`grader run`: one answer, or all that a folder or a notebook holds."""

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from exercises.catalog import Catalog, catalog_in
from exercises.errors import ReplacesInput
from exercises.files import spare
from grader.commands.ci import identity, paths_of, summarise
from grader.commands.course import course_option, named_catalog
from grader.commands.output import (
    OutputFile,
    WritingCommand,
    format_option,
    output_option,
    status_line,
    wants_colour,
    write,
)
from grader.errors import UsageError
from grader.formats import FORMATS, render
from grader.formats.facts import Found
from grader.grader import Grader
from grader.notebooks.cells import is_notebook
from grader.report import Report
from grader.repository import Answer, answers, notebook_answers
from grader.submission import Submission


@click.command(cls=WritingCommand)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--exercise",
    "exercises",
    multiple=True,
    metavar="ID",
    help="The exercise; FILE's name says it otherwise. With a folder or notebook: grade"
    " this one, there or not; may be given again.",
)
@course_option
@click.option(
    "--classroom",
    "settings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What counts and for how many points: classroom.yaml, or a student's assignment.yaml.",
)
@click.option("--seed", type=int, help="Ask the same questions again; fresh ones otherwise.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@click.option(
    "--allow-unsandboxed",
    is_flag=True,
    help="Run FILE even where a layer of the sandbox is missing. For code that you trust.",
)
@format_option(*FORMATS)
@output_option
@click.option(
    "--also",
    nargs=2,
    multiple=True,
    type=(click.Choice(list(FORMATS)), OutputFile()),
    metavar="FORMAT FILE",
    help="Write the same verdicts in this format to this file, too; may be given again.",
)
def run(
    paths: Sequence[Path],
    exercises: Sequence[str],
    course: Path | None,
    settings: Path | None,
    seed: int | None,
    device: str,
    allow_unsandboxed: bool,
    form: str,
    output: Path | None,
    also: Sequence[tuple[str, Path]],
) -> int:
    """Grade FILE, together with the files beside it that it imports.

    FILE may be a folder, too: of a student's repository all answers are graded that are named and
    placed as `learn init` does it. Of a notebook (.ipynb) all exercises are graded whose function
    or class a cell defines. Several of each may be given.
    """
    catalog, points = _counts(settings, course) if settings else (catalog_in(course), {})
    if settings:
        exercises = _among(exercises, points, settings) or tuple(points)
    asked = read(paths, exercises, seed, device, catalog)
    written = [file for file in (output, *(file for _, file in also)) if file]
    spare(written, [answer.file for answer in asked if answer.file])
    for one in written:
        if _is_imported(one, asked):
            raise ReplacesInput(one)
    wanted = [(name, file, layout(name, file, asked)) for name, file in ((form, output), *also)]
    with Grader() as grader:
        found = grade(grader, asked, only_sandboxed=not allow_unsandboxed)
    if points:
        found = _worth(found, points)
    is_alone = len(paths) == 1 and not _is_folder(paths[0]) and not is_notebook(paths[0])
    shown: Found = found[0] if is_alone else found
    unwritten = []
    for name, file, laid_out in wanted:
        rendered = render(shown, name, **laid_out)
        if problem := _unwritten(rendered, file):
            unwritten.append(problem)
            # A verdict may have taken minutes: what has no room in its file is shown all the same.
            if file and file is output and (problem := _unwritten(rendered, None)):
                unwritten.append(problem)
    if form == "github":
        summarise(shown, os.environ)
    if unwritten:
        raise UsageError(" ".join(unwritten))
    return max(report.exit_code for report in found)


def _counts(settings: Path, course: Path | None) -> tuple[Catalog, Mapping[str, float]]:
    """The course of an assignment, and the points of its exercises."""
    from grader.classroom.settings import read_classroom

    classroom = read_classroom(settings, named_catalog(course))
    return classroom.catalog, classroom.points


def _among(exercises: Sequence[str], points: Mapping[str, float], settings: Path) -> Sequence[str]:
    for id in exercises:
        if id not in points:
            raise UsageError(f"{id} is not among the exercises of {settings}.")
    return exercises


def _worth(found: Sequence[Report], points: Mapping[str, float]) -> list[Report]:
    from grader.classroom.worth import worth

    return [worth(report, points[report.exercise]) for report in found]


def read(
    paths: Sequence[Path],
    exercises: Sequence[str],
    seed: int | None,
    device: str,
    catalog: Catalog,
) -> list[Answer]:
    """What is to be graded, in the order given. Raises `UsageError` for what is asked twice."""
    wanted = {catalog.exercise(id).id for id in exercises}
    asked: list[Answer] = []
    for path in paths:
        if _is_folder(path):
            asked += answers(path, catalog, wanted, seed, device)
        elif is_notebook(path):
            asked += notebook_answers(path, catalog, wanted, seed, device)
        elif len(wanted) > 1 or (wanted and len(paths) > 1):
            raise UsageError(f"Which exercise is {path}? Grade it alone, with one --exercise.")
        else:
            id = next(iter(wanted), None)
            submission = Submission.from_file(path, id, seed, device, course=catalog.course.folder)
            asked.append(Answer(submission, path))
    ids = [answer.submission.exercise for answer in asked]
    for id in ids:
        if ids.count(id) > 1:
            raise UsageError(f"There are several answers to {id}. Grade one person's at a time.")
    return asked


def _unwritten(text: str, file: Path | None) -> str:
    """Why a report could not be written; empty where it was."""
    try:
        write(text, file)
    except UsageError as error:
        return str(error)
    return ""


def _is_imported(file: Path, asked: Sequence[Answer]) -> bool:
    """Whether an answer imports it. It is told by what it holds: where it was found nobody knows
    any more."""
    try:
        content = file.read_bytes() if file.is_file() else b""
    except OSError:  # that it cannot be written is told where it is
        return False
    sources = (source for answer in asked for source in answer.submission.files().values())
    return bool(content) and content in sources  # an empty one is waiting for its report


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # of a name that is too long, reading it says so
        return False


def grade(grader: Grader, asked: Sequence[Answer], only_sandboxed: bool) -> list[Report]:
    """The reports, in the order asked for."""
    reports = []
    with status_line() if len(asked) > 1 else nullcontext(None) as show:
        for number, answer in enumerate(asked, start=1):
            if show:
                show(f"{answer.submission.exercise} {number} of {len(asked)} …")
            submission = replace(answer.submission, only_sandboxed=only_sandboxed)
            reports.append(answer.told(grader.grade(submission)))
    return reports


def layout(form: str, output: Path | None, asked: Sequence[Answer]) -> dict[str, Any]:
    """What a format takes besides the reports."""
    if form == "text":
        width = shutil.get_terminal_size((100, 24)).columns
        return {"colour": output is None and wants_colour(), "width": width}
    if form == "github":
        return {"paths": paths_of(asked, os.environ)}
    if form == "classroom50":
        return {"identity": identity(os.environ)}
    return {}
