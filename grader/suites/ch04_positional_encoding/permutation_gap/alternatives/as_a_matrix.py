"""The permutation as a matrix of zeros and ones; both batches go through f at once."""

import torch


def permutation_gap(f, x, permutation):
    matrix = torch.eye(len(permutation), dtype=x.dtype, device=x.device)[permutation]
    shuffled, plain = f(torch.cat([matrix @ x, x])).chunk(2)
    difference = shuffled - matrix.to(plain.dtype) @ plain
    return torch.maximum(difference.max(), -difference.min())
