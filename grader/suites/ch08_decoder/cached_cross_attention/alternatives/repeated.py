"""Keys, values and mask repeated for each row; softmax and heads by hand."""

import math

import torch


def project_memory(memory, w_k, w_v, n_heads):
    B, S, D = memory.shape
    if D % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} does not divide D = {D}")
    k = (memory @ w_k.T).reshape(B, S, n_heads, D // n_heads).permute(0, 2, 1, 3)
    v = (memory @ w_v.T).reshape(B, S, n_heads, D // n_heads).permute(0, 2, 1, 3)
    return k, v


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    rows, T, D = x.shape
    B, H, _, d = k.shape
    K, rest = divmod(rows, B)
    if rest:
        raise ValueError("The rows of x do not belong to the sources in equal numbers.")
    k, v = k.repeat_interleave(K, dim=0), v.repeat_interleave(K, dim=0)
    q = (x @ w_q.T).reshape(rows, T, H, d).permute(0, 2, 1, 3)
    scores = q @ k.transpose(-2, -1) / math.sqrt(d)
    if memory_mask is not None:
        memory_mask = memory_mask.repeat_interleave(K, dim=0)
        scores = scores.masked_fill(~memory_mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0)
    return (weights @ v).permute(0, 2, 1, 3).reshape(rows, T, D) @ w_o.T
