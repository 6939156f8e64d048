"""Tries: warnings without end, of classes that raise, shown by a function of its own.

Holds: the output is cut.
"""

import sys
import warnings

from kit import wrong


class Loud(UserWarning):
    def __str__(self):
        raise OSError


def shown(message, *rest, **more):
    sys.stderr.write("\x1b[2J" * 100)


def softmax(x, dim=-1):
    warnings.simplefilter("always")
    for number in range(3000):
        warnings.warn("w" * 1000)
    warnings.showwarning = shown
    warnings.warn(Loud("x"))
    return wrong(x)
