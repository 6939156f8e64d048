"""A block of past keys beside a square triangle."""

import torch


def causal_mask(length, past=0):
    before = torch.full((length, past), True)
    new = ~torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
    return torch.cat([before, new], dim=1)
