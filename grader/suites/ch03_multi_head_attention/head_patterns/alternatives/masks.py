"""Each pattern as a matrix of ones, multiplied with the weights."""

from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    T = weights.shape[-1]
    if T < 2:
        raise ValueError(f"need at least 2 tokens, got {T}")
    shifted = torch.diag(torch.ones(T - 1, dtype=weights.dtype, device=weights.device), -1)
    one = torch.eye(T, dtype=weights.dtype, device=weights.device)
    previous = (weights * shifted).sum(dim=(-2, -1)) / (T - 1)
    current = (weights * one).sum(dim=(-2, -1)) / T
    return HeadPatterns(previous=previous, current=current, first=weights[:, :, 0].sum(-1) / T)
