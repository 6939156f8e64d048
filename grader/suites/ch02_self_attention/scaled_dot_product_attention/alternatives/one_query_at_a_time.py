"""Explicit loops over batch, queries and keys, and a softmax of its own over the allowed keys."""

import math

import torch


def attend(query, keys, values, allowed):
    scores = torch.stack([(query * key).sum() / math.sqrt(len(query)) for key in keys])
    if not allowed.any():
        return values.new_zeros(values.size(-1)), torch.zeros_like(scores)
    largest = scores[allowed].max()
    numerators = torch.where(allowed, (scores - largest).clamp(max=0).exp(), 0.0)
    weights = numerators / numerators.sum()
    return sum(weight * value for weight, value in zip(weights, values, strict=True)), weights


def scaled_dot_product_attention(q, k, v, mask=None):
    *batch, t, d = q.shape
    s, e = v.shape[-2:]
    if mask is None:
        mask = torch.ones(t, s, dtype=torch.bool, device=q.device)
    mask = mask.expand(*batch, t, s).reshape(-1, t, s)
    q, k, v = q.reshape(-1, t, d), k.reshape(-1, s, d), v.reshape(-1, s, e)
    rows = [attend(q[b, i], k[b], v[b], mask[b, i]) for b in range(q.size(0)) for i in range(t)]
    output = torch.stack([row[0] for row in rows]).reshape(*batch, t, e)
    weights = torch.stack([row[1] for row in rows]).reshape(*batch, t, s)
    return output, weights
