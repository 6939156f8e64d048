"""Tries: a header that promises four gigabytes.

Holds: no more is read, and nothing is allocated for it.
"""
# says: wrote into the channel

from kit import HEADER, MAGIC, seize
from kit import wrong as softmax

seize(HEADER.pack(MAGIC, 0xFFFFFFFF, 0xFFFFFFFF))
