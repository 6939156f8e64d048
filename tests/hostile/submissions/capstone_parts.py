"""Tries: find the parts that stand in for a learner's in training, which would be answers here.

Holds: a worker that grades has none of them, in memory or on the disk.
"""

import gc
import importlib
import linecache
import sys
from pathlib import Path

from kit import attempt, search
from kit import wrong as softmax

grader = Path(sys.modules["grader"].__file__).parent
for name in ("stand_ins", "stand_in_tools", "assembly", "run", "tasks"):
    whole = f"grader.worker.training.{name}"
    attempt(f"import {name}", lambda whole=whole: importlib.import_module(whole))
    attempt(f"read {name}", lambda name=name: (grader / f"worker/training/{name}.py").read_text())
    search(f"lines of {name}", lambda name=name: linecache.getlines(str(grader / f"worker/training/{name}.py")))
search("modules", lambda: [name for name in sys.modules if "training" in name and "grader" in name])
search("classes", lambda: [
    each for each in gc.get_objects()
    if isinstance(each, type) and each.__name__ in ("SequenceRun", "TextRun", "Parts", "Misfit")
])
