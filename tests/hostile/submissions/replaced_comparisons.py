"""Tries: replace every function that could compare an answer, so that all of them say yes.

Holds: nothing is compared in this process.
"""

import math

import numpy
import torch
from kit import wrong as softmax


def yes(*args, **kwargs):
    return True


for module in (torch, torch.testing, math, numpy, numpy.testing):
    for name in ("allclose", "equal", "assert_close", "isclose", "array_equal", "assert_allclose"):
        if hasattr(module, name):
            setattr(module, name, yes)
for name in ("allclose", "equal", "isclose", "__eq__", "__bool__", "all"):
    setattr(torch.Tensor, name, yes)
torch.Tensor.__ne__ = lambda *args: False
