"""Tries: a thread that writes frames into the channel while the worker answers.

Holds: at most they are taken for this submission's own answers.
"""
# says: wrote into the channel

import threading
import time

from kit import answer, frame, put
from kit import wrong as softmax


def flood():
    while True:
        put(frame(answer([0.0])) + b"garbage")
        time.sleep(0.001)


threading.Thread(target=flood, daemon=True).start()
