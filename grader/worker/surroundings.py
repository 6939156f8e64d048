"""What ordinary code finds around it in any Python process: streams, arguments, a home, a debugger.

A worker has no terminal, no keyboard, no compiler and no files of its own, and it runs inside a
process of ours. None of that is the learner's business, so each standard object that ordinary code
touches behaves as it would elsewhere, or does nothing where doing nothing changes no result.
"""

import builtins
import contextlib
import getpass
import io
import os
import pdb
import sys
import tempfile
import types
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import IO, Any, TypeVar

import torch

MAX_OUTPUT = 16 * 1024
# What every shell has. None of it says anything about this machine or its owner, and nothing can be
# read or written there. matplotlib wants a folder for its settings, and a way to draw without a
# screen.
ENVIRONMENT = {
    "HOME": "/",
    "PATH": os.defpath,
    "USER": "learner",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp",
}

F = TypeVar("F", bound=Callable[..., Any])

_open: Callable[..., IO[Any]] = builtins.open
_change_folder = os.chdir


class Kept:
    """The first part of what is printed; the rest is dropped."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._room = MAX_OUTPUT

    def add(self, data: memoryview) -> None:
        if self._room > 0:
            part = bytes(data[: self._room])
            self._parts.append(part)
            self._room -= len(part)

    def take(self, encoding: str) -> str:
        """What was kept since the last time."""
        text = b"".join(self._parts).decode(encoding, "replace")
        if self._room <= 0:
            text += "\n… (the rest was dropped)"
        self._parts, self._room = [], MAX_OUTPUT
        return text


class Sink(io.RawIOBase):
    """The lowest layer of a stream: `descriptor` is 1 or 2, which are open and lead nowhere."""

    def __init__(self, kept: Kept, descriptor: int) -> None:
        self.name = "<stdout>" if descriptor == 1 else "<stderr>"
        self._kept = kept
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        with memoryview(data).cast("B") as view:
            self._kept.add(view)
            return len(view)


class Output(io.TextIOWrapper):
    """A text stream such as Python opens for a program, whose text can be taken."""

    mode = "w"

    def __init__(self, kept: Kept | None = None, descriptor: int = 1) -> None:
        self._kept = kept or Kept()
        super().__init__(
            io.BufferedWriter(Sink(self._kept, descriptor)),
            encoding="utf-8",
            errors="backslashreplace",  # half a character is no reason to stop a right answer
            line_buffering=True,
        )

    def write(self, text: str) -> int:
        """A flood is cut before it is encoded: what lies behind this would be dropped anyway."""
        super().write(text[: MAX_OUTPUT + 1] if isinstance(text, str) else text)
        return len(text)

    def beside(self) -> "Output":
        """The stream for errors, which are shown among what is printed."""
        return Output(self._kept, descriptor=2)

    def take(self) -> str:
        """What was printed since the last time, through whatever stands for the streams now."""
        for stream in (sys.stdout, sys.stderr, self):
            with contextlib.suppress(BaseException):  # it may be the learner's own, or closed
                stream.flush()
        encoding = "utf-8"
        with contextlib.suppress(ValueError):  # once detached it has none
            encoding = self.encoding
        return self._kept.take(encoding)


def open_streams() -> Output:
    """Put real streams in the place of stdout and stderr; gives the one to take the text from."""
    output = Output()
    sys.stdout = sys.__stdout__ = output  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = output.beside()  # type: ignore[misc]
    return output


def stand_in() -> None:
    """Replace what would wait for somebody, or need what a worker has not. Done in the zygote."""
    os.environ.update(ENVIRONMENT)
    tempfile.tempdir = "/tmp"  # asking for it would try to write there
    builtins.open = io.open = _open_or_reach_nothing  # type: ignore[assignment]
    os.chdir = _stay
    pdb.set_trace = pdb.Pdb.set_trace = sys.breakpointhook = _skip_breakpoint  # type: ignore[method-assign]
    getpass.getpass = _ask
    torch.compile = _leave_uncompiled  # type: ignore[assignment]


def run_as(main: str) -> None:
    """Let the process look as if a program at a prompt had imported the file `main`."""
    program = types.ModuleType("__main__")
    program.__file__ = main
    sys.modules["__main__"] = program
    sys.argv = [main]
    sys.orig_argv = [sys.executable, main]


@wraps(_open)
def _open_or_reach_nothing(file: Any, *args: Any, **options: Any) -> IO[Any]:
    """`open`, for which `os.devnull` is what the worker's own descriptor 0 leads to already.

    It may open no device: to write into one is not allowed, not even into this.
    """
    if str(file) == os.devnull:
        options["opener"] = lambda *_: os.dup(0)
    return _open(file, *args, **options)


@wraps(_change_folder)
def _stay(path: Any) -> None:
    """`os.chdir`, which may be asked for the folder that a worker is in, and must stay in."""
    try:
        _change_folder(path)
    except PermissionError:
        if Path(path).resolve() != Path.cwd():
            raise


def _ask(prompt: str = "Password: ", stream: object = None) -> str:
    """`getpass` without a terminal that could hide what is typed."""
    return input(prompt)


def _skip_breakpoint(*_: Any, **__: Any) -> None:
    print("(A breakpoint was skipped: nobody can type here.)", file=sys.stderr)


def _leave_uncompiled(model: F | None = None, **_: Any) -> F | Callable[[F], F]:
    """`torch.compile` without a compiler, which no worker may start: the results are the same."""
    return (lambda function: function) if model is None else model
