"""Cell by cell."""

import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    mask = torch.zeros(length, length, dtype=torch.bool)
    for t in range(length):
        for s in range(length):
            mask[t, s] = abs(t - s) < window and (s <= t or not causal)
    return mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, False)
    for g in global_positions:
        for t in range(length):
            mask[t, g] = mask[g, t] = True
    return mask


def block_sparse_mask(layout, block):
    *lead, n, m = layout.shape
    mask = torch.zeros(*lead, n * block, m * block, dtype=torch.bool, device=layout.device)
    for i in range(n * block):
        for j in range(m * block):
            mask[..., i, j] = layout[..., i // block, j // block]
    return mask
