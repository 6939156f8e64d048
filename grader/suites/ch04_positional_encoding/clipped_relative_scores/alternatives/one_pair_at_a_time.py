"""Two loops, in float64."""

import torch


def clipped_relative_scores(q, k, table):
    m, T = table.size(0) // 2, q.size(2)
    queries, keys, vectors = q.double(), k.double(), table.double()
    rows = []
    for t in range(T):
        row = []
        for s in range(T):
            distance = s - t
            if distance > m:
                distance = m
            elif distance < -m:
                distance = -m
            row.append((queries[:, :, t] * (keys[:, :, s] + vectors[distance + m])).sum(-1))
        rows.append(torch.stack(row, dim=-1))
    return (torch.stack(rows, dim=2) / q.size(3) ** 0.5).to(q.dtype)
