"""A norm of its own, and dropout by a mask of its own."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
        return self.weight * (x - mean) * torch.rsqrt(variance + 1e-5) + self.bias


class SublayerConnection(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, norm_first: bool = False) -> None:
        super().__init__()
        self.norm = LayerNorm(d_model)
        self.keep = 1.0 - dropout
        self.norm_first = norm_first

    def forward(self, x: torch.Tensor, sublayer) -> torch.Tensor:
        if self.norm_first:
            return self.drop(sublayer(self.norm(x))) + x
        return self.norm(self.drop(sublayer(x)) + x)

    def drop(self, y):
        if not self.training or self.keep == 1.0:
            return y
        return torch.where(torch.rand(y.shape, device=y.device) < self.keep, y / self.keep, 0.0)
