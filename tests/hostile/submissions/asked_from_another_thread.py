"""Tries: read the questions in a thread beside the worker's own, so that each gets half of them.

Holds: the worker that is left without its question fails.
"""
# hangs

import threading

from kit import put, request, wrong


def steal():
    while True:
        request()
        put(b"\0" * 11)


def softmax(x, dim=-1):
    threading.Thread(target=steal, daemon=True).start()
    return wrong(x)
