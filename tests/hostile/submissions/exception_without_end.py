"""Tries: an exception with a text of fifty million characters.

Holds: it is cut.
"""
# says: yyyyyyyyyy

import kit


def softmax(x, dim=-1):
    kit.wrong(x)
    raise ValueError("y" * 50_000_000)
