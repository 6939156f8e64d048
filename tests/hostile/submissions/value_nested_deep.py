"""Tries: a value nested a hundred thousand deep, and one just deep enough to be read.

Holds: neither breaks the reader.
"""
# says: wrote into the channel

from kit import frame, put, request, seize
from kit import wrong as softmax

DEPTH = 100_000
seize(frame(b'{"output": "", "written": [], "value": ' + b"[" * DEPTH + b"]" * DEPTH + b"}"))
