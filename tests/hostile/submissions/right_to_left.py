"""Tries: turn round the verdict beside it, by letters that are written from right to left.

Holds: they are shown by their numbers.
"""
# says: \u05d0

import kit


def softmax(x, dim=-1):
    kit.wrong(x)
    print("\u05d0 11/0 \u0627 \u0661")
    raise ValueError("\u05d0 11/0 \u0627 \u0661 \u07c0 \U0001e900")
