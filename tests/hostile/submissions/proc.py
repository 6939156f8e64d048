"""Tries: read this process's and its parent's memory, environment and descriptors through /proc.

Holds: nothing below /proc can be opened.
"""

import os

from kit import attempt
from kit import wrong as softmax

parent = os.getppid()
for place in ("self/mem", "self/environ", "self/maps", "self/cmdline", "self/fd/0", "self/task",
              f"{parent}/mem", f"{parent}/environ", f"{parent}/maps", f"{parent}/cmdline",
              f"{parent}/fd", "1/environ", "1/cmdline", "net/tcp", "kcore", "mounts", "keys"):
    attempt(f"open /proc/{place}", lambda place=place: os.open(f"/proc/{place}", os.O_RDONLY))
attempt("list /proc", lambda: os.listdir("/proc"))
attempt("write its memory", lambda: os.open("/proc/self/mem", os.O_RDWR))
attempt("write the parent's memory", lambda: os.open(f"/proc/{parent}/mem", os.O_RDWR))
attempt("follow the parent's folder", lambda: os.readlink(f"/proc/{parent}/cwd"))
attempt("follow the parent's program", lambda: os.readlink(f"/proc/{parent}/exe"))
attempt("follow the parent's descriptor", lambda: os.readlink(f"/proc/{parent}/fd/3"))
attempt("choose who is killed first", lambda: os.open("/proc/self/oom_score_adj", os.O_WRONLY))
