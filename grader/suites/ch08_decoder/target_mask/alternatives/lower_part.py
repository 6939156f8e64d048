"""The row of real keys, copied for each query, of which `tril` keeps the lower part."""

import torch


def target_mask(tokens, pad_id):
    B, T = tokens.size()
    real = (tokens - pad_id).bool()
    return torch.tril(real.repeat_interleave(T, dim=0).view(B, 1, T, T))
