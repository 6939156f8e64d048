"""The sum k + a written out, for every query and key."""

import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(2)
    m = len(table) // 2
    row = [[max(-m, min(m, s - t)) + m for s in range(T)] for t in range(T)]
    moved = k[:, :, None] + table[torch.tensor(row, device=table.device)]  # (B, H, T, T, d)
    return (q[:, :, :, None] * moved).sum(-1) / math.sqrt(q.size(-1))
