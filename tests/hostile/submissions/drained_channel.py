"""Tries: a thread that reads the examiner's questions before the worker does.

Holds: whatever comes of it is this submission's failure.
"""
# hangs

import os
import threading

import kit
from kit import wrong as softmax

descriptor = kit.channel()
threading.Thread(target=lambda: [os.read(descriptor, 1) for _ in iter(int, 1)], daemon=True).start()
