"""Tries: run a program in every way that Python knows.

Holds: none is run.
"""

import asyncio
import ctypes
import os
import subprocess
import sys

from kit import attempt
from kit import wrong as softmax

COMMAND = ["/bin/sh", "-c", "echo hostile > /tmp/hostile-was-here"]


def libc_system():
    if ctypes.CDLL(None).system(b"true") != 0:
        raise OSError("system")


def system():
    if os.system("true") != 0:
        raise OSError("system")


attempt("exec", lambda: os.execv(sys.executable, [sys.executable, "-c", ""]))
attempt("exec a shell", lambda: os.execve("/bin/sh", COMMAND, {}))
attempt("exec a descriptor", lambda: os.execve(0, COMMAND, {}))
attempt("run a subprocess", lambda: subprocess.run(COMMAND))
attempt("run a shell", lambda: subprocess.check_output("true", shell=True))
attempt("run asynchronously", lambda: asyncio.run(asyncio.create_subprocess_exec(*COMMAND)))
attempt("spawn", lambda: os.posix_spawn(COMMAND[0], COMMAND, {}))
attempt("spawn and wait", lambda: os.spawnv(os.P_NOWAIT, COMMAND[0], COMMAND))
attempt("open a pipe to a program", lambda: os.popen("true").read() + "ran")
attempt("call system", system)
attempt("call system in C", libc_system)
