"""The real tokens as the rows of a matrix, and the results put back into zeros."""

import torch


def masked_batch_norm(x, mask, eps=1e-5):
    rows = x[mask]  # (n, D)
    result = torch.zeros_like(x)
    if len(rows) == 0:
        return x.masked_fill(~mask[..., None], 0.0)
    centred = rows - rows.mean(dim=0)
    result[mask] = centred / torch.sqrt(centred.pow(2).mean(dim=0) + eps)
    return result
