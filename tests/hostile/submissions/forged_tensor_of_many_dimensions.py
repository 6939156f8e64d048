"""Tries: the same, past the worker.

Holds: the examiner refuses it.
"""
# says: wrote into the channel

from kit import one_tensor, seize
from kit import wrong as softmax

seize(one_tensor([1] * 200_000))
