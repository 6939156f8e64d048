"""Exponentials by hand; the empty rows are divided by 1."""

import torch
from torch import Tensor


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    mask = mask.expand_as(scores)
    filled = scores.masked_fill(mask.logical_not(), torch.finfo(scores.dtype).min)
    exps = torch.exp(filled - filled.max(dim=-1, keepdim=True).values) * mask
    total = exps.sum(-1, keepdim=True)
    return exps / total.where(total > 0, torch.ones_like(total))
