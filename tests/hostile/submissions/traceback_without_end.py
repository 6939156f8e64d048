"""Tries: forge a traceback of forty thousand lines, for a report of a hundred megabytes.

Holds: no worker tells more than a few.
"""
# says: wrote into the channel

from kit import frame, seize
from kit import wrong as softmax

lines = [["softmax.py", 1, "softmax", "x" * 20]] * 40_000
raised = {"kind": "exception", "type": "E", "message": "", "frames": lines, "bases": []}
seize(frame({"raised": raised, "output": ""}))
