"""The smoothed target written out as a distribution."""

import torch
import torch.nn.functional as F


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("the share must lie from 0 to 1")
    V = logits.shape[-1]
    real = (targets != ignore_index).to(logits.dtype)
    one_hot = F.one_hot(torch.where(targets == ignore_index, 0, targets), V).to(logits.dtype)
    aim = (1 - smoothing) * one_hot + smoothing / V
    losses = -(aim * F.log_softmax(logits, dim=-1)).sum(dim=-1)
    return (losses * real).sum() / torch.clamp(real.sum(), min=1.0)
