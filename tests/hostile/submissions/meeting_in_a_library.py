"""Tries: wait for another submission, and wake it, at an address of a library that both have mapped.

Holds: who waits does so alone, and no memory is shared.
"""
# machine: x86_64

import ctypes
import mmap
import os

import numpy
from kit import attempt, syscall
from kit import wrong as softmax

FUTEX, WAIT, WAKE, REQUEUE, WAIT_BITS, WAKE_BITS = 202, 0, 1, 3, 9, 10
library = mmap.mmap(os.open(os.__file__, os.O_RDONLY), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ)
word = numpy.frombuffer(library, numpy.int32).ctypes.data
moment = (ctypes.c_long * 2)(0, 1)
for operation in (WAIT, WAKE, REQUEUE, WAIT_BITS, WAKE_BITS):
    attempt(f"futex {operation}", lambda o=operation: syscall(FUTEX, word, o, 0, moment, word, -1))
for number in (449, 454, 455, 456):
    attempt(f"new futex {number}", lambda n=number: syscall(n, word, 1, 0, 0, 0, 0))
attempt("share memory", lambda: mmap.mmap(-1, 4096))
attempt("share a file", lambda: mmap.mmap(os.open(os.__file__, os.O_RDONLY), 4096, mmap.MAP_SHARED,
                                          mmap.PROT_READ))
attempt("merge pages", lambda: mmap.mmap(-1, 4096, mmap.MAP_PRIVATE).madvise(12))
attempt("throw out a file", lambda: os.posix_fadvise(os.open(os.__file__, os.O_RDONLY), 0, 0, 4))
