"""Logarithms in float64, and a mask for what is far."""

import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    right = relative > 0
    per_side = n_buckets
    if bidirectional:
        per_side //= 2
        distance = torch.abs(relative)
    else:
        distance = torch.where(right, 0, -relative)
    n = per_side // 2
    bucket = distance.clone()
    is_far = distance >= n
    log = distance[is_far].double().log() - math.log(n)
    steps = torch.floor(log * (per_side - n) / (math.log(max_distance) - math.log(n)) + 1e-9)
    bucket[is_far] = torch.minimum(n + steps, torch.tensor(per_side - 1.0)).to(torch.int64)
    return bucket + right.to(torch.int64) * per_side if bidirectional else bucket
