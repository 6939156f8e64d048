"""Tries: answer, and end the process before the next call is sent.

Holds: that is its own failure, not an error of ours.
"""
# says: ended the Python process

import os
import threading

from kit import wrong


def softmax(x, dim=-1):
    threading.Timer(0.0005, os._exit, (0,)).start()
    return wrong(x)
