"""Tries: sleep.

Holds: it is stopped.
"""
# hangs
# says: did not finish

import time


def softmax(x, dim=-1):
    time.sleep(3600)
