"""Tries: write into the channel whenever Python collects its garbage.

Holds: that is no answer.
"""
# says: wrote into the channel

import gc

from kit import put, wrong


def softmax(x, dim=-1):
    gc.callbacks.append(lambda phase, found: put(b"collected"))
    gc.set_threshold(1)
    gc.collect()
    return wrong(x)
