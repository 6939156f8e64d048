"""Tries: take the worker's place and answer every call with a tensor of its own making.

Holds: an answer is an answer, whoever wrote it; a wrong one is wrong.
"""
# says: should have shape

from kit import one_tensor, seize
from kit import wrong as softmax

seize(one_tensor([1]))
