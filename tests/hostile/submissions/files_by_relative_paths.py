"""Tries: reach the suites from an open folder, by dots, by doubled slashes and by /proc.

Holds: wherever one begins, they cannot be opened.
"""

import os
import sys
from pathlib import Path

from kit import attempt
from kit import wrong as softmax

solution = Path(sys.modules["grader"].__file__).parent / "suites/ch01_attention/softmax/solution.py"
library = Path(os.__file__).parent
up = "../" * 20
attempt("from a library's folder", lambda: os.open(up + str(solution)[1:], os.O_RDONLY, dir_fd=os.open(library, os.O_PATH)))
attempt("from a library's file", lambda: os.open(up + str(solution)[1:], os.O_RDONLY, dir_fd=os.open(library / "os.py", os.O_RDONLY)))
attempt("by slashes", lambda: open("//" + str(solution).replace("/", "//")))
attempt("by dots", lambda: open(str(solution.parent) + "/./alternatives/../solution.py"))
for begin in ("/proc/self/cwd", "/proc/self/task/self/root", "/proc/thread-self/root", "/dev/fd/../root"):
    attempt(f"by {begin}", lambda begin=begin: open(begin + str(solution)))
attempt("change into it", lambda: os.chdir(solution.parent))
attempt("change by descriptor", lambda: os.fchdir(os.open(library, os.O_RDONLY)))
attempt("change the root", lambda: os.chroot(solution.parent))
attempt("list by descriptor", lambda: os.listdir(os.open(solution.parent, os.O_RDONLY | os.O_DIRECTORY)))
attempt("walk", lambda: next(os.fwalk(solution.parent, onerror=lambda error: (_ for _ in ()).throw(error))))
