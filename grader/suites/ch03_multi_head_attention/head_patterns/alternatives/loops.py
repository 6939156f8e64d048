"""Cell by cell, summed in Python."""

from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    H, T, _ = weights.shape
    if T == 1:
        raise ValueError("one token only")
    rows = [[0.0, 0.0, 0.0] for _ in range(H)]
    for h in range(H):
        for t in range(T):
            if t > 0:
                rows[h][0] += float(weights[h, t, t - 1]) / (T - 1)
            rows[h][1] += float(weights[h, t, t]) / T
            rows[h][2] += float(weights[h, t, 0]) / T
    columns = torch.tensor(rows, dtype=weights.dtype, device=weights.device).T
    return HeadPatterns(*columns)
