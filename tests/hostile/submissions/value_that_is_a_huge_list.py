"""Tries: return a list of a million numbers, and a text of three million letters.

Holds: the report shows the first few.
"""
# says: a list of 1000000 values

import kit


def softmax(x, dim=-1):
    kit.wrong(x)
    return [0] * 1_000_000 if x.dim() == 1 else "a" * 3_000_000
