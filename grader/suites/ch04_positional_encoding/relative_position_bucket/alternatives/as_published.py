"""Far buckets from a quotient in float32, and the smaller of two tensors as the cap."""

import math

import torch


def relative_position_bucket(relative, bidirectional=True, n_buckets=32, max_distance=128):
    result = 0
    if bidirectional:
        n_buckets = n_buckets // 2
        result = result + (relative > 0).to(torch.long) * n_buckets
        distance = torch.abs(relative)
    else:
        distance = -torch.min(relative, torch.zeros_like(relative))
    half = n_buckets // 2
    quotient = torch.log(distance.float() / half) / math.log(max_distance / half)
    far = half + (quotient * (n_buckets - half)).to(torch.long)
    far = torch.min(far, torch.full_like(far, n_buckets - 1))
    return result + torch.where(distance < half, distance, far)
