"""Tries: signal the parent, the process group, and everybody. With signal 0, which harms nobody.

Holds: no other process can be signalled.
"""

import os
import signal

from kit import attempt
from kit import wrong as softmax

for who in (os.getppid(), 1, -1, 0, -os.getppid()):
    attempt(f"signal {who}", lambda who=who: os.kill(who, 0))
attempt("signal the group", lambda: os.killpg(os.getpgid(0), 0))
attempt("signal a group by its leader", lambda: os.killpg(os.getppid(), 0))
attempt("open the parent", lambda: os.pidfd_open(os.getppid()))
attempt("signal a descriptor", lambda: signal.pidfd_send_signal(0, 0))
attempt("leave the session", os.setsid)
attempt("change the group", lambda: os.setpgid(0, 0))
attempt("ask to own a descriptor's signals", lambda: __import__("fcntl").fcntl(0, 8, os.getppid()))
