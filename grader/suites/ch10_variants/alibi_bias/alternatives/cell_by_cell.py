"""Loops over heads, queries and keys."""

import torch


def alibi_bias(n_heads: int, length: int) -> torch.Tensor:
    power = 1 << (n_heads.bit_length() - 1)
    bias = torch.empty(n_heads, length, length)
    for h in range(n_heads):
        exponent = 8 * (h + 1) / power if h < power else 4 * (2 * (h - power) + 1) / power
        for t in range(length):
            for s in range(t + 1):
                bias[h, t, s] = bias[h, s, t] = (s - t) * 0.5**exponent
    return bias
