"""A product of ones and zeros, compared with 0."""

import torch


def target_mask(tokens, pad_id):
    T = tokens.size(-1)
    real = torch.where(tokens == pad_id, 0.0, 1.0)
    causal = torch.triu(torch.ones(T, T, device=tokens.device)).T
    return torch.einsum("bs,ts->bts", real, causal)[:, None] > 0
