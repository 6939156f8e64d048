"""`learn notebook`: a chapter as a notebook, or a notebook's answers into the workspace."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from exercises.catalog import Chapter
from exercises.errors import CourseError
from exercises.files import write_output
from exercises.lesson import FigureCall
from exercises.workspace import Workspace
from tui.commands.arguments import json_option
from tui.commands.exit_codes import LEFT_OUT
from tui.output import print_json, print_message, shown
from tui.study.clock import local_now


@click.command("notebook")
@click.argument("source", metavar="CHAPTER|FILE.ipynb")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the chapter's notebook; else beside the chapters of your workspace.",
)
@json_option
def notebook_command(source: str, out: Path | None, as_json: bool) -> int:
    """Write CHAPTER as a Jupyter notebook, or bring the answers of FILE.ipynb home.

    The notebook has the lesson, your files or the stubs, and cells that check them. With a
    FILE.ipynb, its answers are written into your workspace; what they replace is kept as a backup.
    """
    workspace = Workspace.find(Path.cwd(), os.environ)
    if source.lower().endswith(".ipynb"):
        if out:
            raise click.UsageError("--out is for a chapter. Answers go into your workspace.")
        return _take_in(Path(source), workspace, as_json)
    _write(workspace.catalog().find_chapter(source), workspace, out, as_json)
    return 0


def _write(chapter: Chapter, workspace: Workspace, out: Path | None, as_json: bool) -> None:
    from tui.study.notebook import notebook

    file = out or workspace.root / f"{chapter.id}.ipynb"
    if file.is_file():
        raise NotebookThere(file)
    write_output(file, notebook(chapter, workspace, _pictures(chapter)))
    if as_json:
        print_json({"chapter": chapter.id, "file": file})
    else:
        print_message(f"{shown(file)} is written. Open it with Jupyter, VS Code or Colab.")


def _pictures(chapter: Chapter) -> Mapping[FigureCall, bytes]:
    """Each figure as PNG; where they cannot be drawn, the notebook does without."""
    from tui.figures import lab_process
    from tui.figures.figure import Figure
    from tui.figures.picture import CannotDraw, png
    from tui.study.notebook import figure_calls

    calls = figure_calls(chapter)
    try:
        answers = lab_process.ask_once(
            *(
                lab_process.request(call.name, dict(map(lab_process.setting, call.settings)))
                for call in calls
            )
        )
        return {call: png(Figure.read(answer)) for call, answer in zip(calls, answers, strict=True)}
    except (CannotDraw, lab_process.LabError) as error:
        print_message(f"The notebook has no pictures. {error}", err=True)
        return {}


def _take_in(file: Path, workspace: Workspace, as_json: bool) -> int:
    from tui.study.notebook import take_in

    done = list(take_in(file, workspace.catalog(), workspace, local_now()))
    refused = [one for one in done if one.refusal]
    if as_json:
        print_json(
            [
                {"exercise": one.exercise.id, "backup": one.backup, "refusal": one.refusal}
                for one in done
            ]
        )
        return LEFT_OUT if refused else 0
    if not done:
        print_message("Nothing in this notebook is new to your workspace.")
    for one in done:
        if one.refusal:
            print_message(f"{one.exercise.id} was left as it is. {one.refusal}", err=True)
            continue
        kept = f" What it replaced is kept in {shown(one.backup)}." if one.backup else ""
        print_message(f"{shown(workspace.file(one.exercise))} is written.{kept}")
    return LEFT_OUT if refused else 0


class NotebookThere(CourseError):
    exit_code = 2

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{shown(file)} is there already, perhaps with answers of yours. Bring them home with"
            f" `learn notebook {shlex.quote(shown(file))}` and move it, or name another with --out."
        )
