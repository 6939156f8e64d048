"""Tries: put another descriptor in the channel's place.

Holds: the examiner hears no more, and says so.
"""
# says: ended the Python process

import os

import kit


def softmax(x, dim=-1):
    os.dup2(0, kit.channel())
    return kit.wrong(x)
