"""Slopes by recursion, as the authors' code has them; the bias by broadcasting."""

import math

import torch


def slopes_of(n):
    if math.log2(n).is_integer():
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]
    closest = 2 ** math.floor(math.log2(n))
    return slopes_of(closest) + slopes_of(2 * closest)[0::2][: n - closest]


def alibi_bias(n_heads, length):
    slopes = torch.tensor(slopes_of(n_heads)).view(-1, 1, 1)
    t = torch.arange(length).view(1, -1, 1)
    s = torch.arange(length).view(1, 1, -1)
    return -(t - s).abs() * slopes
