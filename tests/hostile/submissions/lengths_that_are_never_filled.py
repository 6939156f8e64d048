"""Tries: promise a large frame, and send nothing more.

Holds: the time runs out.
"""
# hangs
# says: did not finish

from kit import HEADER, MAGIC, seize
from kit import wrong as softmax

seize(HEADER.pack(MAGIC, 2_000_000, 60_000_000))
