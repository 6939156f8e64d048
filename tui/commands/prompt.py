"""The plain line mode: one line at a time, as a screen reader and a script can follow."""

from __future__ import annotations

import sys
from contextlib import suppress

import click


def read_line(prompt: str = "") -> str | None:
    """What was typed; None at the end of the input, and for Ctrl-C: the learner leaves."""
    if sys.stdin.isatty():
        # Arrow keys edit the line. Not every build of Python has it.
        with suppress(ImportError):
            import readline  # noqa: F401
    try:
        return input(prompt)
    except (EOFError, KeyboardInterrupt):
        if sys.stdin.isatty():
            print(flush=True)  # the cursor is still behind the prompt
        return None


def confirm(question: str, default: bool = False) -> bool:
    """Yes or no; Enter alone means `default`. Raises Abort at the end of the input and for Ctrl-C,
    after a word: then nothing is done.
    """
    while (typed := read_line(f"{question} {'[Y/n]' if default else '[y/N]'}: ")) is not None:
        match typed.strip().lower():
            case "":
                return default
            case "y" | "yes":
                return True
            case "n" | "no":
                return False
        click.echo(f"Type y or n; Enter alone means {'yes' if default else 'no'}.")
    click.echo("Nothing was done.", err=True)
    raise click.Abort
