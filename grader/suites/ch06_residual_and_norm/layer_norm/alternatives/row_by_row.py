"""One row after another."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = x.reshape(-1, x.shape[-1])
        rows = [self.normalise(row) for row in flat]
        return torch.stack(rows).reshape(x.shape)

    def normalise(self, row):
        wide = row if row.dtype == torch.float64 else row.to(torch.float32)
        wide = wide - wide.sum() / wide.numel()
        variance = (wide**2).sum() / wide.numel()
        return torch.addcmul(self.bias, self.weight, (wide / (variance + self.eps) ** 0.5).to(row))
