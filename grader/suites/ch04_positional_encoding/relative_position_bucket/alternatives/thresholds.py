"""The first distance of each bucket, found by trying; then a search among them."""

import math

import torch


def bucket_of(distance, size, max_distance):
    n = size // 2
    if distance < n:
        return distance
    if distance >= max_distance:
        return size - 1
    part = math.log(distance / n) / math.log(max_distance / n)
    return min(size - 1, n + math.floor(part * (size - n)))


def relative_position_bucket(relative, bidirectional=True, n_buckets=32, max_distance=128):
    size = n_buckets // 2 if bidirectional else n_buckets
    buckets = [bucket_of(distance, size, max_distance) for distance in range(max_distance + 1)]
    table = torch.tensor(buckets, device=relative.device)
    if bidirectional:
        return table[relative.abs().clamp(max=max_distance)] + size * (relative > 0).long()
    return table[relative.neg().clamp(0, max_distance)]
