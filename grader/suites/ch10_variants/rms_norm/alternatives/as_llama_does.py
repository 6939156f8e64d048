"""The reciprocal root; the weight is multiplied in float32, before the way back."""

import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        inside = torch.promote_types(x.dtype, torch.float32)
        wide = x.to(inside)
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (wide * self.weight.to(inside)).to(x.dtype)
