"""The learner's own editor."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import which

from exercises.errors import CourseError
from tui.output import shown

VARIABLES = ("VISUAL", "EDITOR")


class NoEditor(CourseError):
    exit_code = 2


def edit(file: Path, environment: Mapping[str, str]) -> None:
    """Open `file` in $VISUAL or $EDITOR, and wait until it is closed."""
    editor = _editor(environment, file)
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
