"""A dictionary of formulas, and a logarithm that is checked with whole numbers."""

import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def log_up(n, base):
    p = max(0, math.floor(math.log(n) / math.log(base)) - 1)
    while base**p < n:
        p += 1
    return p


def layer_costs(kind, n, d, kernel=3, window=None):
    table = {
        "self_attention": lambda: (n * n * d, 1, 1),
        "recurrent": lambda: (n * d * d, n, n),
        "convolutional": lambda: (kernel * n * d * d, 1, log_up(n, kernel)),
        "restricted": lambda: (window * n * d, 1, n // window + (n % window > 0)),
    }
    if kind not in table or (kind == "restricted" and window is None):
        raise ValueError(kind)
    return LayerCosts(*table[kind]())
