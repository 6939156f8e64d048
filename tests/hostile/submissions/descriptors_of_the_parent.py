"""Tries: find what the processes above have open, and their limits, maps, environment and memory.

Holds: of none of them anything is told.
"""

import os

from kit import attempt, search
from kit import wrong as softmax

parent = os.getppid()
for name in ("environ", "maps", "mem", "io", "limits", "syscall", "stack", "auxv", "personality", "mountinfo"):
    for process in {parent, 1} - {0}:
        attempt(f"{name} of {process}", lambda path=f"/proc/{process}/{name}": open(path, "rb").read(64))
for name in ("fd", "task", "map_files", "ns"):
    attempt(f"list {name}", lambda name=name: os.listdir(f"/proc/{parent}/{name}"))
attempt("keys in use", lambda: open("/proc/keys").read())
attempt("sockets in use", lambda: open("/proc/net/unix").read())
attempt("locks in use", lambda: open("/proc/locks").read())
attempt("mounts", lambda: open("/proc/self/mountinfo").read())
search("symbols of the kernel", lambda: [line for line in open("/proc/kallsyms") if not line.startswith("0" * 16)][:1])
