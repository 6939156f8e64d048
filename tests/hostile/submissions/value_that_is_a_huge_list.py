"""Tries: return a list of a million numbers, and a text of three million letters.

Holds: the report says that it is too much.
"""
# says: a structure of more than 65,536 values

import kit


def softmax(x, dim=-1):
    kit.wrong(x)
    return [0] * 1_000_000 if x.dim() == 1 else "a" * 3_000_000
