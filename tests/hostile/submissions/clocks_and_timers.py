"""Tries: set clocks, make timers that go on without it, and hide time from whoever watches.

Holds: no clock is set, and no timer outlives the process.
"""
# machine: x86_64

import ctypes
import time

from kit import attempt, syscall
from kit import wrong as softmax

room = ctypes.create_string_buffer(256)
attempt("set the time", lambda: time.clock_settime(time.CLOCK_REALTIME, 1))
attempt("adjust", lambda: syscall(159, room) or syscall(305, 0, room))
attempt("a timer in a descriptor", lambda: syscall(283, 0, 0))
attempt("a timer of the kernel", lambda: syscall(222, 0, 0, room))
attempt("accounting", lambda: syscall(163, 0))
attempt("quotas", lambda: syscall(179, 0, 0, 0, 0))
attempt("another's processor time", lambda: time.clock_gettime((~1 << 3) | 2))
attempt("deadlines", lambda: syscall(314, 0, room, 0))
attempt("coarse sleep", lambda: syscall(157, 29, 1, 0, 0, 0))
attempt("input and output first", lambda: syscall(251, 1, 0, 0))
