"""torch's own variance, and the reciprocal root; weight and bias in float32 as well."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        inside = torch.promote_types(x.dtype, torch.float32)
        variance, mean = torch.var_mean(x.to(inside), dim=-1, correction=0, keepdim=True)
        y = (x.to(inside) - mean) * torch.rsqrt(variance + self.eps)
        return (y * self.weight.to(inside) + self.bias.to(inside)).to(x.dtype)
