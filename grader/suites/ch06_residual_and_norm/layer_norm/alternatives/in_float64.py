"""Always float64 inside; the mean as a product with ones."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.register_parameter("bias", nn.Parameter(torch.zeros(d_model)))
        self.register_parameter("weight", nn.Parameter(torch.ones(d_model)))
        self.eps = eps

    def forward(self, x):
        D = x.shape[-1]
        ones = torch.full((D, D), 1.0 / D, dtype=torch.float64, device=x.device)
        centred = x.double() - x.double() @ ones
        y = centred / torch.sqrt((centred * centred) @ ones + self.eps)
        return (self.weight * y + self.bias).to(x.dtype)
