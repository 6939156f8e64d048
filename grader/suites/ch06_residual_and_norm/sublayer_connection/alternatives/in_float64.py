"""The norm in float64."""

import torch
import torch.nn.functional as F
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, norm_first: bool = False) -> None:
        super().__init__()
        self.norm = nn.Module()
        self.norm.weight = nn.Parameter(torch.ones(d_model))
        self.norm.bias = nn.Parameter(torch.zeros(d_model))
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def normalise(self, x: torch.Tensor) -> torch.Tensor:
        weight, bias = self.norm.weight.double(), self.norm.bias.double()
        return F.layer_norm(x.double(), weight.shape, weight, bias, 1e-5).to(x.dtype)

    def forward(self, x: torch.Tensor, sublayer) -> torch.Tensor:
        inner = self.normalise(x) if self.norm_first else x
        y = x + self.dropout(sublayer(inner))
        return y if self.norm_first else self.normalise(y)
