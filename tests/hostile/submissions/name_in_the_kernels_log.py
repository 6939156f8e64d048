"""Tries: write into the kernel's log, which shows the name of a process that crashes.

Holds: the name is not its to choose.
"""
# says: ended the Python process

import ctypes
import threading

from kit import attempt, syscall
from kit import wrong

libc = ctypes.CDLL(None, use_errno=True)


def rename():
    if libc.prctl(15, b"hostile-was-here", 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "refused")


attempt("a name of its own", rename)
attempt("a name for a thread", lambda: open("/proc/self/comm", "w").write("hostile"))


def softmax(x, dim=-1):
    if x.dim() == 1:
        return wrong(x)
    ctypes.string_at(0)
