"""The standard streams, one or all of which whoever started us may have closed."""

from __future__ import annotations

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_standard_streams() -> None:
    """Let each standard stream that is closed lead to the null device.

    Otherwise the next file or socket that is opened takes its number, and whatever is then printed
    goes there.
    """
    for descriptor, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            os.set_inheritable(null, True)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))


def outlive_stderr() -> None:
    """Let what stderr cannot take be lost, for want of room or of a reader.

    For a command, whose exit code says more than its messages: an error amid the telling of another
    would end it with Python's 1, as if something had been graded and not passed.
    """
    stderr = sys.stderr
    if stderr is sys.__stderr__ and isinstance(stderr, TextIOWrapper):  # nobody's stand-in
        raw = BufferedWriter(_Lossy(stderr.fileno(), "w", closefd=False))
        sys.stderr = TextIOWrapper(raw, stderr.encoding, stderr.errors, line_buffering=True)


class _Lossy(FileIO):
    def write(self, data: ReadableBuffer) -> int:
        size = memoryview(data).nbytes
        try:
            return super().write(data) or size  # None if it would have to wait for a reader
        except OSError:
            return size


def discard_output() -> None:
    """What is printed from now on, and what waits to be, goes nowhere.

    For when nobody reads on, or there is no room: the interpreter would complain at its end.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
