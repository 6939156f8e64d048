"""Plain Python for each entry."""

import math

import torch


def relative_position_bucket(relative, bidirectional=True, n_buckets=32, max_distance=128):
    def one(r):
        start, count = 0, n_buckets
        if bidirectional:
            count //= 2
            start = count if r > 0 else 0
            r = -abs(r)
        distance = max(0, -r)
        near = count // 2
        if distance < near:
            return start + distance
        growth = math.log(distance / near, max_distance / near)
        return start + min(near + int(growth * (count - near)), count - 1)

    flat = [one(r) for r in relative.flatten().tolist()]
    return torch.tensor(flat, dtype=torch.int64, device=relative.device).reshape(relative.shape)
