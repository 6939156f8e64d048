"""Tries: replace what collects the output by something that is no text.

Holds: the worker cannot answer with it.
"""
# says: ended the Python process|wrote into the channel

import sys

import kit

type(sys.stdout).take = lambda self: {"output": ["\x1b[2J"] * 3}


def softmax(x, dim=-1):
    return kit.wrong(x)
