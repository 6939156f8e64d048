"""−inf before the softmax, then zeros where the mask forbids: NaN goes the same way."""

import torch


def masked_softmax(scores, mask):
    weights = torch.where(mask, scores, float("-inf")).softmax(-1)
    return torch.where(mask, weights, 0.0)
