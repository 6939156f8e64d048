"""As in the transformers library: expand and reshape; float32 inside for half precision."""

import torch


def for_every_head(x, n):
    B, G, S, width = x.shape
    return x[:, :, None].expand(B, G, n, S, width).reshape(B, G * n, S, width)


def grouped_query_attention(q, k, v, mask=None):
    n, rest = divmod(q.size(1), k.size(1))
    if rest or not n:
        raise ValueError("H has to be a multiple of G")
    inside = torch.promote_types(q.dtype, torch.float32)
    k, v = for_every_head(k, n).to(inside), for_every_head(v, n).to(inside)
    scores = (q.to(inside) / q.size(-1) ** 0.5) @ k.transpose(2, 3)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
        empty = ~mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(empty, 0.0)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return (weights @ v).to(q.dtype), weights.to(q.dtype)
