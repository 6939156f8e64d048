"""Tries: send a frame one byte at a time, each just in time.

Holds: the time counts for the whole frame.
"""
# hangs
# says: did not finish

import time

import kit
from kit import frame, put, request
from kit import wrong as softmax

put(frame(kit.answer(kit.NOTHING_MISSING)))
request()
put(frame(kit.answer(None)))
request()
for byte in frame(kit.answer(1.0)):
    put(bytes([byte]))
    time.sleep(0.2)
