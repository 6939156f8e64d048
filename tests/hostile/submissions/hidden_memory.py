"""Tries: hold memory where it is not counted as the process's own, and reset what was counted.

Holds: none of these ways is open.
"""
# machine: x86_64

import mmap
import os
import socket

from kit import attempt, syscall
from kit import wrong as softmax

attempt("a file in memory", lambda: os.memfd_create("x"))
attempt("a pipe", os.pipe)
attempt("a pair of sockets", socket.socketpair)
attempt("shared pages", lambda: mmap.mmap(-1, 4096))
attempt("shared memory", lambda: syscall(29, 0, 4096, 0o1600))
attempt("a queue of messages", lambda: syscall(68, 0, 0o1600))
attempt("semaphores", lambda: syscall(64, 0, 1, 0o1600))
attempt("forget the peak", lambda: open("/proc/self/clear_refs", "w"))
attempt("move to swap", lambda: mmap.mmap(-1, 4096, mmap.MAP_PRIVATE).madvise(21))
attempt("lock", lambda: syscall(151, 1))
attempt("set the memory's map", lambda: syscall(157, 35, 1, 0, 0, 0))
attempt("advise another process", lambda: syscall(440, 0, 0, 0, 4, 0))
