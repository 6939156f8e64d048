"""Tries: spoil the inputs in place in the hope that the right answer is computed from them.

Holds: the examiner keeps its own copy.
"""

from kit import wrong


def softmax(x, dim=-1):
    result = wrong(x)
    kept = x.detach().clone()
    x.data.zero_()
    x.data.copy_(kept)
    return result
