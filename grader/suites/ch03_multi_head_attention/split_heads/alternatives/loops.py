"""Filled in head by head, into a tensor that was made before."""

import torch


def split_heads(x, n_heads):
    B, T, D = x.size()
    d = D // n_heads
    if d * n_heads != D:
        raise ValueError(f"D = {D} is not divisible by n_heads = {n_heads}")
    heads = x.new_empty(B, n_heads, T, d)
    for h in range(n_heads):
        for t in range(T):
            heads[:, h, t] = x[:, t, h * d : h * d + d]
    return heads


def merge_heads(x):
    B, H, T, d = x.size()
    merged = torch.zeros(B, T, H * d, dtype=x.dtype, device=x.device)
    for h in range(H):
        merged[:, :, h * d : h * d + d] = x[:, h]
    return merged
