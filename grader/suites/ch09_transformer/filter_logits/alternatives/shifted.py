"""The marks are moved one place to the right, so that the token that reaches p stays."""

import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p")
    logits = logits.clone() / temperature
    if top_k is not None:
        kept = logits.topk(min(top_k, logits.size(-1)), dim=-1).indices
        filtered = torch.full_like(logits, -math.inf)
        logits = filtered.scatter(-1, kept, logits.gather(-1, kept))
    if top_p is not None and top_p != 1:
        falling, order = logits.sort(dim=-1, descending=True)
        removed = falling.double().softmax(dim=-1).cumsum(dim=-1) > top_p
        removed[..., 1:] = removed[..., :-1].clone()
        removed[..., 0] = False
        falling = falling.masked_fill(removed, -math.inf)
        logits = torch.empty_like(logits).scatter(-1, order, falling)
    return logits
