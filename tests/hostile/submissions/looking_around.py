"""Tries: read where links lead; count processes, and see what they use, without reading a file.

Holds: links are not told, and of other processes nothing.
"""

import os
import sys
import time

from kit import attempt, search
from kit import wrong as softmax

attempt("a link of this Python", lambda: os.readlink(sys.executable))
for link in ("/proc/self/exe", "/proc/self/cwd", "/proc/1/root", "/etc/localtime", "/bin"):
    attempt(link, lambda path=link: os.readlink(path))
attempt("how many processes", lambda: os.sysconf("SC_PHYS_PAGES") and os.getloadavg())
search("room on the disk", lambda: os.statvfs("/"))
for pid in (1, 2, os.getppid() or 3):
    attempt(f"processors of {pid}", lambda pid=pid: os.sched_getaffinity(pid))
    attempt(f"priority of {pid}", lambda pid=pid: os.getpriority(os.PRIO_PROCESS, pid))
    attempt(f"group of {pid}", lambda pid=pid: os.getpgid(pid))
    attempt(f"clock of {pid}", lambda pid=pid: time.clock_gettime((~pid << 3) | 2))
