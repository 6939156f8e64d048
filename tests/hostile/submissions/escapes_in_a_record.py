"""Tries: steer the terminal through the names of a record and of its fields.

Holds: the report has no control characters.
"""
# says: \x1b[31m

from collections import namedtuple

import kit

Evil = namedtuple("Evil", "a b")
Evil.__name__ = "\x1b[31mEvil"
Evil._fields = ("\x1b[2Ja", "\x07b\n✓ softmax: passed")


def softmax(x, dim=-1):
    kit.wrong(x)
    return Evil(1, "\x1b[31m")
