"""Tries: never return.

Holds: it is stopped, and its line named.
"""
# hangs
# says: did not finish


def softmax(x, dim=-1):
    while True:
        pass
