"""Tries: send a frame one byte at a time, each just in time.

Holds: the time counts for the whole frame.
"""
# hangs
# says: did not finish

import signal
import time

import kit
from kit import frame, put, request
from kit import wrong as softmax

signal.signal(signal.SIGALRM, signal.SIG_IGN)
put(frame(kit.answer(kit.NOTHING_MISSING)))
request()
for byte in frame(kit.answer(1.0)):
    put(bytes([byte]))
    time.sleep(0.2)
