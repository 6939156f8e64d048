"""Tries: leave a note for the next submission in the flags of files that all have open.

Holds: nothing that is open is anybody else's, and its flags are not to be changed.
"""

import fcntl
import os

from kit import attempt
from kit import wrong as softmax

for descriptor in (0, 1, 2):
    for name in ("O_APPEND", "O_NONBLOCK", "O_ASYNC", "O_DIRECT", "O_NOATIME"):
        flag = getattr(os, name)
        attempt(f"set {name} of {descriptor}", lambda d=descriptor, f=flag: fcntl.fcntl(
            d, fcntl.F_SETFL, fcntl.fcntl(d, fcntl.F_GETFL) | f))
attempt("lock it", lambda: fcntl.flock(0, fcntl.LOCK_EX | fcntl.LOCK_NB))
attempt("lock a part of it", lambda: fcntl.lockf(1, fcntl.LOCK_EX | fcntl.LOCK_NB))
attempt("lease it", lambda: fcntl.fcntl(0, fcntl.F_SETLEASE, fcntl.F_RDLCK))
attempt("lock a library", lambda: fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX))
