"""Tries: become root, gain capabilities, namespaces, priorities and limits.

Holds: none is given.
"""

import os
import resource

from kit import attempt
from kit import wrong as softmax

attempt("become root", lambda: os.setuid(0))
attempt("become root again", lambda: os.setresuid(0, 0, 0))
attempt("join the root group", lambda: os.setgid(0))
attempt("join groups", lambda: os.setgroups([0]))
attempt("come first", lambda: os.nice(-20))
attempt("come first in real time", lambda: os.sched_setscheduler(0, 1, os.sched_param(1)))
attempt("choose a processor", lambda: os.sched_setaffinity(0, [0]))
attempt("rename the machine", lambda: __import__("socket").sethostname("hostile"))
for name in ("AS", "CPU", "NPROC", "FSIZE", "NOFILE", "CORE", "STACK", "MEMLOCK"):
    kind = getattr(resource, f"RLIMIT_{name}")
    attempt(f"raise the limit {name}", lambda kind=kind: resource.setrlimit(
        kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
attempt("raise the parent's limit", lambda: resource.prlimit(
    os.getppid(), resource.RLIMIT_NOFILE, (1, 1)))
