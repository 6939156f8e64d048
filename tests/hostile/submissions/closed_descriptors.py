"""Tries: close every descriptor.

Holds: the test fails with a sentence that says so.
"""
# says: closed what it answers through

import os

import kit


def softmax(x, dim=-1):
    os.closerange(0, 1000)
    return kit.wrong(x)
