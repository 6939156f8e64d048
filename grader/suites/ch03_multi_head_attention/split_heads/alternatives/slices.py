"""One slice per head, stacked; and a concatenation on the way back."""

import torch


def split_heads(x, n_heads):
    width = x.shape[-1]
    if width % n_heads != 0:
        raise ValueError("the width must be a multiple of the number of heads")
    d = width // n_heads
    return torch.stack([x[..., h * d : (h + 1) * d] for h in range(n_heads)], dim=1)


def merge_heads(x):
    return torch.cat([x[:, h] for h in range(x.shape[1])], dim=-1)
