"""Tries: read the hidden suite, the solution and the known mistakes from the disk.

Holds: the folder can be neither listed nor read.
"""

import glob
import linecache
import os
import pkgutil
import sys
from pathlib import Path

from kit import attempt, search
from kit import wrong as softmax

grader = Path(sys.modules["grader"].__file__).parent
suite = grader / "suites" / "ch01_attention" / "softmax"

attempt("read the suite", lambda: (suite / "test_softmax.py").read_text())
attempt("read the solution", lambda: (suite / "solution.py").read_text())
attempt("read the mistakes", lambda: (suite / "misconceptions.yaml").read_text())
attempt("list the suites", lambda: os.listdir(grader / "suites"))
attempt("list the alternatives", lambda: os.listdir(suite / "alternatives"))
attempt("read our source", lambda: (grader / "examiner.py").read_text())
attempt("get data of our package", lambda: pkgutil.get_data("grader", "suites/__init__.py"))
search("glob", lambda: glob.glob(str(grader / "**" / "*"), recursive=True))
search("glob for compiled files", lambda: glob.glob(str(grader / "__pycache__" / "*")))
search("lines", lambda: linecache.getlines(str(suite / "solution.py")))
attempt("open without Python", lambda: os.open(suite / "solution.py", os.O_RDONLY))
attempt("open for its path", lambda: os.open("/proc/self/root" + str(suite / "solution.py"), 0))
