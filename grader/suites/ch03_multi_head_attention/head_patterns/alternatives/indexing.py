"""Index tensors, einsum for the trace, and gather-like slices; the sums in float64."""

from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    w = weights.detach().double()
    n = w.size(1)
    if n <= 1:
        raise ValueError("There is no previous token.")
    t = torch.arange(1, n, device=w.device)
    previous = w[:, t, t - 1].mean(dim=1)
    current = torch.einsum("htt->h", w) / n
    first = w.select(-1, 0).mean(-1)
    return HeadPatterns(*(x.to(weights.dtype) for x in (previous, current, first)))
