"""Tries: delete every module that the worker needs.

Holds: it spoils its own answers.
"""

import sys

from kit import wrong as softmax

for name in list(sys.modules):
    if name not in ("sys", "builtins", "kit"):
        del sys.modules[name]
