"""Tries: make another process in every way that Python knows.

Holds: none is made.
"""

import ctypes
import multiprocessing
import os
import pty

from kit import attempt
from kit import wrong as softmax


def fork(function):
    pid = function()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def vfork():
    pid = ctypes.CDLL(None, use_errno=True).fork()
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "fork")


def process(method):
    child = multiprocessing.get_context(method).Process(target=print)
    child.start()
    child.join()


attempt("fork", lambda: fork(os.fork))
attempt("fork a terminal", lambda: fork(lambda: pty.fork()[0]))
attempt("fork in C", vfork)
attempt("start a process by fork", lambda: process("fork"))
attempt("start a process by spawn", lambda: process("spawn"))
attempt("start a server for forks", lambda: process("forkserver"))
attempt("start a pool", lambda: multiprocessing.Pool(1))
