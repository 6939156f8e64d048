"""One score for each row of the table, then a gather: no (T, T, d) tensor."""

import torch


def clipped_relative_scores(q, k, table):
    B, H, T, d = q.shape
    m = (table.shape[0] - 1) // 2
    scaled = q * d**-0.5
    by_row = torch.matmul(scaled, table.transpose(0, 1))  # (B, H, T, 2m + 1)
    position = torch.arange(T, device=q.device)
    row = torch.clamp(position[None] - position[:, None], min=-m, max=m) + m
    return scaled @ k.transpose(-1, -2) + torch.gather(by_row, -1, row.expand(B, H, T, T))
