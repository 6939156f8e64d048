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
USUAL = ("editor", "nano", "vi")  # what a system without either has
# Those that begin at line 7 of a file with `+7`.
TAKE_A_LINE = {*USUAL, "vim", "nvim", "emacs", "emacsclient", "micro", "joe", "kak"}
UNWRITTEN = b"raise NotImplementedError"


class NoEditor(CourseError):
    exit_code = 2


def edit(file: Path, editor: list[str]) -> None:
    """Open `file` where it is to be written, and wait until it is closed."""
    message = f"`{shlex.join(editor)}` {{}}. The file is {shown(file)}."
    try:
        code = subprocess.run([*editor, *_line(file, editor), str(file)], check=False).returncode
    except OSError as error:
        raise NoEditor(message.format(f"does not start: {error.strerror}")) from error
    if code:
        raise NoEditor(message.format(f"ended with code {code}"))


def _line(file: Path, editor: list[str]) -> list[str]:
    """A stub begins with a screen of docstring; what is missing comes below."""
    if Path(editor[0]).name not in TAKE_A_LINE or not file.exists():
        return []
    lines = file.read_bytes().splitlines()
    return [f"+{number}" for number, line in enumerate(lines, 1) if UNWRITTEN in line][:1]


def find_editor(file: Path, environment: Mapping[str, str]) -> list[str]:
    """The first of $VISUAL and $EDITOR that is set and can be found, with its options.

    Without both, one that the system has. A name that was set and is wrong is told instead.
    """
    tried = []
    for variable in VARIABLES:
        if not (value := environment.get(variable, "").strip()):
            continue
        words = _words(value)
        if which(words[0]):
            return words
        tried.append(f"${variable} is `{value}`, which cannot be found")
    usual = [name for name in USUAL if which(name, path=environment.get("PATH"))]
    if usual and not tried:
        return usual[:1]
    reason = "; ".join(tried) or "Neither $VISUAL nor $EDITOR is set"
    raise NoEditor(f"{reason}. Set one, or open {shown(file)} yourself.")


def _words(command: str) -> list[str]:
    """`code --wait` is a program and an option; a path may be quoted."""
    try:
        return shlex.split(command)
    except ValueError:  # an unclosed quote
        return command.split()
