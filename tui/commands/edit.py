"""`learn edit`: the current file in the learner's own editor."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import which

import click

from exercises.errors import CourseError
from tui.arguments import exercise_argument
from tui.output import shown
from tui.session import now, open_session

VARIABLES = ("VISUAL", "EDITOR")


class NoEditor(CourseError):
    exit_code = 2


@click.command("edit")
@exercise_argument
def edit_command(exercise: str | None) -> None:
    """Open the file in $VISUAL or $EDITOR."""
    with open_session() as session:
        chosen = session.exercise(exercise)
        file = session.workspace.file(chosen)
        session.progress.visit(chosen.id, now())
    editor = _editor(os.environ, file)
    code = subprocess.run([*editor, str(file)], check=False).returncode
    if code:
        raise NoEditor(f"`{shlex.join(editor)}` ended with code {code}. The file is {shown(file)}.")


def _editor(environment: Mapping[str, str], file: Path) -> list[str]:
    """The first editor that is set and can be found, with its options."""
    tried = []
    for variable in VARIABLES:
        if not (value := environment.get(variable, "").strip()):
            continue
        words = _words(value)
        if which(words[0]):
            return words
        tried.append(f"${variable} is `{value}`, which cannot be found")
    reason = "; ".join(tried) or "Neither $VISUAL nor $EDITOR is set"
    raise NoEditor(f"{reason}. Set one, or open {shown(file)} yourself.")


def _words(command: str) -> list[str]:
    """`code --wait` is a program and an option; a path may be quoted."""
    try:
        return shlex.split(command)
    except ValueError:  # an unclosed quote
        return command.split()
