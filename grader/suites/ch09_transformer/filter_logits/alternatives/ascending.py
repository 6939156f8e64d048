"""From the least probable upwards: dropped is what does not exceed 1 − p together."""

import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if not temperature > 0:
        raise ValueError(temperature)
    if top_k is not None and top_k <= 0:
        raise ValueError(top_k)
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError(top_p)
    scores = logits / temperature
    V = scores.shape[-1]
    if top_k is not None:
        kth = torch.sort(scores, dim=-1).values[..., max(V - top_k, 0)].unsqueeze(-1)
        scores = torch.where(scores < kth, -math.inf, scores)
    if top_p is not None:
        rising, order = torch.sort(scores, dim=-1)
        removed = rising.softmax(dim=-1).cumsum(dim=-1) <= 1 - top_p
        removed[..., -1] = False
        scores = scores.masked_fill(removed.gather(-1, order.argsort(dim=-1)), -math.inf)
    return scores
