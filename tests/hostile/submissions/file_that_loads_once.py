"""Tries: load well at first, die, and be unable to load again; what is asked then?

Holds: each test says why the file could not be loaded.
"""
# says: ended the Python process|not this time

import os

from kit import wrong

if os.getpid() % 2:
    raise ImportError("not this time")


def softmax(x, dim=-1):
    if x.dim() == 1:
        return wrong(x)
    os._exit(0)
