"""Rows that allow nothing are opened for the softmax and multiplied by 0 afterwards."""

import torch


def masked_softmax(scores, mask):
    alive = mask.any(dim=-1, keepdim=True)
    shown = scores.double().masked_fill(~(mask | ~alive), float("-inf"))
    weights = torch.exp(shown - torch.logsumexp(shown, dim=-1, keepdim=True))
    return (weights * alive).to(scores.dtype)
