"""Tries: end the first thread, whose entry in /proc is then empty, and answer in another one.

Holds: it is killed as the others are.
"""
# machine: x86_64

import ctypes
import threading

from kit import NOTHING_MISSING, answer, frame, put, request


def serve():
    put(frame(answer(NOTHING_MISSING)))
    while True:
        request()
        put(frame(answer(1.0)))


threading.Thread(target=serve).start()
ctypes.CDLL(None).syscall(60, 0)
