"""Tries: end by SIGABRT, with a memory dump asked for, after changing every handler.

Holds: no dump, and the test says how the process ended.
"""
# says: ended the Python process

import ctypes
import os
import signal

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE


def softmax(x, dim=-1):
    os.abort()
