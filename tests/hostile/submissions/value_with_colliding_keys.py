"""Tries: a dictionary of integers that all have one hash, which takes for ever to build.

Holds: integers that can be made to collide are refused.
"""
# says: wrote into the channel

from kit import answer, frame, seize
from kit import wrong as softmax

PRIME = 2**61 - 1  # what Python hashes integers by
seize(frame(answer({"dict": [[number * PRIME, 0] for number in range(100_000)]})))
