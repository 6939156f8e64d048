"""Tries: a sequence without end, and a dictionary that grows while it is read.

Holds: it is no value that can be sent, or the time runs out.
"""
# hangs
# says: did not finish|more than 65,536 values

import itertools

import kit


class Endless(list):
    def __iter__(self):
        return itertools.count()


def softmax(x, dim=-1):
    kit.wrong(x)
    return Endless([1])
