"""Tries: forge lines of a traceback: on line infinity, over many lines, in files of ours.

Holds: the examiner reads it, or refuses it.
"""
# says: wrote into the channel

from kit import frame, seize
from kit import wrong as softmax

seize(frame(b'{"raised": {"kind": "exception", "type": "E", "message": "", "bases": [], "frames": '
            b'[["examiner.py", Infinity, "grade", "passed\\n\\u2713"]]}, "output": ""}'))
