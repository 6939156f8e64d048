"""A slice of each row."""

import torch


def relative_shift(scores):
    T = scores.size(2)
    if scores.size(3) != T + T - 1:
        raise ValueError(f"{scores.size(3)} columns for {T} queries")
    windows = [scores[:, :, t, T - 1 - t : 2 * T - 1 - t] for t in range(T)]
    return torch.stack(windows, dim=2)
