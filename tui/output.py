"""How results are printed: plain sentences, colour only where it is wanted, JSON for scripts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from exercises import strict_json
from exercises.wrapping import wrap

MAX_WIDTH = 100
DEFAULT_WIDTH = 80


def colour_allowed() -> bool:
    """False under NO_COLOR (https://no-color.org) and on terminals that have no colour."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def colour_wanted() -> bool:
    return colour_allowed() and sys.stdout.isatty()


def width() -> int:
    try:
        columns = os.get_terminal_size().columns
    except OSError:  # no terminal
        columns = 0
    return min(columns or DEFAULT_WIDTH, MAX_WIDTH)  # some terminals do not know theirs


def print_json(data: Any) -> None:
    """One document on one line, so that the verdicts of `--watch` can be read line by line."""
    click.echo(strict_json.dumps(data, ensure_ascii=False, default=str))


def print_labelled(label: str, text: str) -> None:
    """A line of `learn next`: a label in a column of its own, then the text, wrapped."""
    indent = " " * 10
    wrapped = "\n".join(wrap(text, width(), indent))
    click.echo(click.style(f"{label:<10}", dim=True) + wrapped[len(indent) :])


def print_wrapped(text: str, first: str = "", rest: str | None = None) -> None:
    """A paragraph, in lines that fit; the first behind `first`, the others behind `rest`."""
    for line in wrap(text, width(), first, rest):
        click.echo(line)


def print_message(text: str, err: bool = False) -> None:
    """What was done, or went wrong. A terminal by itself would break a line amid a word."""
    is_watched = (sys.stderr if err else sys.stdout).isatty()
    for line in text.splitlines() or [""]:
        for part in wrap(line, width()) if is_watched and line.strip() else [line]:
            click.echo(part, err=err)


def shown(path: Path) -> str:
    """A path as one would type it here; this folder itself by its whole name."""
    try:
        return str(path if path == Path.cwd() else path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
