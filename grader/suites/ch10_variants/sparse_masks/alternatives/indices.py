"""Blocks by looking each position's block up; global positions by membership."""

import torch


def sliding_window_mask(length, window, causal=True):
    if not window >= 1:
        raise ValueError("The window has to hold the query itself.")
    t, s = torch.arange(length).view(-1, 1), torch.arange(length).view(1, -1)
    upper = t if causal else t + window - 1
    return torch.logical_and(s > t - window, s <= upper)


def global_and_window_mask(length, window, global_positions):
    position = torch.arange(length)
    special = torch.isin(position, torch.tensor(list(global_positions), dtype=torch.int64))
    return sliding_window_mask(length, window, False) | special[None, :] | special[:, None]


def block_sparse_mask(layout, block):
    rows = torch.arange(layout.size(-2) * block) // block
    columns = torch.arange(layout.size(-1) * block) // block
    return layout[..., rows[:, None], columns[None, :]]
