"""Weights that sum to 1 over the real tokens, as a product of matrices, in float64."""

import torch


def masked_mean_pool(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    share = mask.double() / mask.double().sum(1, keepdim=True).clamp_min(1.0)
    kept = x.masked_fill(mask.logical_not().unsqueeze(2), 0).double()
    return torch.bmm(share.unsqueeze(1), kept).squeeze(1).to(x.dtype)
