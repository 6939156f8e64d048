"""Tries: attach to the parent as a debugger, and read and write its memory.

Holds: neither is possible.
"""

import ctypes
import os

from kit import attempt
from kit import wrong as softmax

libc = ctypes.CDLL(None, use_errno=True)
parent = os.getppid()
local = ctypes.create_string_buffer(8)


class Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


here = Piece(ctypes.addressof(local), 8)
there = Piece(id(attempt), 8)
attempt("attach", lambda: call("ptrace", 16, parent, None, None))
attempt("seize", lambda: call("ptrace", 0x4206, parent, None, None))
attempt("ask to be traced", lambda: call("ptrace", 0, 0, None, None))
for name in ("process_vm_readv", "process_vm_writev"):
    attempt(name, lambda name=name: call(
        name, parent, ctypes.byref(here), 1, ctypes.byref(there), 1, 0))
attempt("make itself dumpable", lambda: call("prctl", 4, 1, 0, 0, 0))
attempt("allow anybody to trace it", lambda: call("prctl", 0x59616D61, -1, 0, 0, 0))
attempt("outlive the parent", lambda: call("prctl", 1, 0, 0, 0, 0))
attempt("take new privileges", lambda: call("prctl", 38, 0, 0, 0, 0))
