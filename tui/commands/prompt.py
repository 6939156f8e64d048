"""The plain line mode: one line at a time, as a screen reader and a script can follow."""

from __future__ import annotations

import sys
from contextlib import suppress


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
