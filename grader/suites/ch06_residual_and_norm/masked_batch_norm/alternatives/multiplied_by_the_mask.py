"""Products with the mask, each before a square is taken."""

import torch


def masked_batch_norm(x, mask, eps=1e-5):
    m = mask.unsqueeze(-1).to(x.dtype)
    n = torch.clamp(m.sum(), min=1.0)
    mean = (x * m).sum(0).sum(0) / n
    centred = (x - mean) * m
    std = torch.sqrt((centred**2).sum(dim=0).sum(dim=0) / n + eps)
    return centred / std
