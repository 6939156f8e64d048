"""Tries: answers of which no comparison says that they differ: NaN, infinities, minus zero.

Holds: they are wrong.
"""

import kit
import torch


def softmax(x, dim=-1):
    kit.wrong(x)
    kinds = (float("nan"), float("inf"), -0.0, 5e-324)
    return torch.full_like(x.detach(), kinds[x.dim() % 4]).expand_as(x)
