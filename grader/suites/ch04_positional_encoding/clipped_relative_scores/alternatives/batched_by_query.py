"""For each query position a product of all its heads with the (T, d) vectors of that row."""

import torch
import torch.nn.functional as F


def clipped_relative_scores(q, k, table):
    B, H, T, d = q.shape
    m = table.size(0) // 2
    longer = F.pad(table.T, (T, T), mode="replicate").T if T else table  # every distance has a row
    vectors = torch.stack([longer[T + m - t : T + m - t + T] for t in range(T)])
    by_distance = q.permute(2, 0, 1, 3).reshape(T, B * H, d) @ vectors.transpose(1, 2)
    by_distance = by_distance.reshape(T, B, H, T).permute(1, 2, 0, 3)
    return (
        torch.baddbmm(by_distance.reshape(B * H, T, T), q.reshape(-1, T, d), k.reshape(-1, T, d).mT)
        .reshape(B, H, T, T)
        .div(d**0.5)
    )
