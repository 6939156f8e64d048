"""Tries: numpy's numbers whose `item` gives something else each time.

Holds: what comes of it is no right answer.
"""

import numpy
from kit import wrong


class Lying(numpy.float64):
    def item(self):
        return Lying(3)


class Odd(numpy.ndarray):
    __array_priority__ = 1e9
    dtype = property(lambda self: "float32")
    shape = property(lambda self: (10**9,))


def softmax(x, dim=-1):
    wrong(x)
    return Lying(1) if x.dim() == 1 else numpy.ones(3).view(Odd)
