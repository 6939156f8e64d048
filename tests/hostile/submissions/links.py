"""Tries: reach files through symbolic links, hard links, renames and mounts.

Holds: none can be made.
"""

import ctypes
import os
import sys
from pathlib import Path

from kit import attempt
from kit import wrong as softmax

suites = Path(sys.modules["grader"].__file__).parent / "suites"
LINK = "/tmp/hostile-was-here-link"

attempt("link to the suites", lambda: os.symlink(suites, LINK))
attempt("link hard", lambda: os.link(suites / "__init__.py", LINK))
attempt("rename", lambda: os.rename(suites, LINK))
attempt("exchange", lambda: os.replace("/etc/hostname", LINK))
attempt("change the root", lambda: os.chroot("/tmp"))
attempt("change the folder", lambda: os.chdir(suites))


def mount():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(str(suites).encode(), b"/tmp", None, 4096, None) < 0:
        raise OSError(ctypes.get_errno(), "mount")


attempt("mount", mount)
