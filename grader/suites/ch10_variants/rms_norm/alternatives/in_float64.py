"""Always float64 inside; the squares as a product with ones."""

import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.ones(d_model)))
        self.eps = eps

    def forward(self, x):
        wide = x.double()
        D = x.shape[-1]
        mean = (wide * wide) @ torch.full((D, D), 1.0 / D, dtype=torch.float64, device=x.device)
        return (wide * self.weight / torch.sqrt(mean + self.eps)).to(x.dtype)
