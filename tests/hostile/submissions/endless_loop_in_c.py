"""Tries: never return, in code that does not look at signals.

Holds: the process is killed from outside.
"""
# hangs
# says: did not finish


def softmax(x, dim=-1):
    return 9 ** 9 ** 9
