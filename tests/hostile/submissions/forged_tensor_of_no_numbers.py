"""Tries: a tensor without numbers and of astronomical size, which makes a list of lists for ever.

Holds: it is shown by its shape.
"""
# says: (4611686018427387904, 0)

from kit import one_tensor, seize
from kit import wrong as softmax

seize(one_tensor([1 << 62, 0], data=b""))
