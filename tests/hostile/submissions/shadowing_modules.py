"""Tries: bring along modules that shadow those of the worker.

Holds: they are found by this submission alone.
"""

import sys
import types

from kit import wrong as softmax

for name in ("json", "struct", "socket", "linecache", "traceback", "grader.worker.calls"):
    sys.modules[name] = types.ModuleType(name)
