"""Tries: print a hundred megabytes.

Holds: the first part is kept.
"""
# says: the rest was dropped

import kit


def softmax(x, dim=-1):
    print("x" * 1000, *["y" * 1_000_000] * 100)
    return kit.wrong(x)
