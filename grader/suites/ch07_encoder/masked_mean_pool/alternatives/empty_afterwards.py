"""The division as it is, and empty sequences set to 0 afterwards."""

import torch


def masked_mean_pool(x, mask):
    total = x.masked_fill(~mask[:, :, None], 0.0).sum(1)
    count = mask.sum(1, keepdim=True)
    mean = total / torch.where(count == 0, 1, count)
    return mean * (count > 0)
