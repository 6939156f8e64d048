"""The two (n, n) tables, centred on both sides."""

import torch


def linear_cka(x, y):
    n = x.shape[0]
    H = torch.eye(n, dtype=x.dtype, device=x.device) - 1.0 / n
    K, L = H @ x @ x.T @ H, H @ y @ y.T @ H
    return (K * L).sum() / ((K * K).sum() * (L * L).sum()).sqrt()
