"""Tries: recurse without end, the limit lifted.

Holds: the process may crash; the test fails and the next gets another.
"""
# hangs
# says: calls itself|ended the Python process|more memory|did not finish

import sys
import threading

import kit

sys.setrecursionlimit(1 << 30)
threading.stack_size(64 << 20)


def endless(depth):
    return endless(depth + 1) + 1


def softmax(x, dim=-1):
    kit.wrong(x)
    return endless(0)
