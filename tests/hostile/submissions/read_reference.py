"""Tries: import or read the reference, and what else belongs to the course.

Holds: nothing of it can be imported or read.
"""

import importlib
import importlib.util
import inspect
import runpy
import sys
from pathlib import Path

from kit import attempt, search
from kit import wrong as softmax

root = Path(sys.modules["grader"].__file__).parents[1]
sys.path[:0] = [str(root), str(root / "reference")]

for name in ("reference", "quizzes", "tui", "grader.examiner.diagnosis", "grader.proving.audit"):
    attempt(f"import {name}", lambda name=name: importlib.import_module(name))
attempt("run it by path", lambda: runpy.run_path(str(root / "reference" / "attention.py")))
attempt("read it", lambda: (root / "reference" / "__init__.py").read_text())
attempt("list the course", lambda: list(root.iterdir()))
attempt("read git's objects", lambda: list((root / ".git").iterdir()))
attempt("read the worker's source", lambda: inspect.getsource(sys.modules["grader"]))


def by_loader():
    place = root / "reference" / "attention.py"
    spec = importlib.util.spec_from_file_location("stolen", place)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


attempt("load it by a loader", by_loader)
search("find it in the modules", lambda: [name for name in sys.modules if name.startswith("reference")])
