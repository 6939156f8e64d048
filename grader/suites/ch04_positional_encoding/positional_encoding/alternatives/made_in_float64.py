"""A table from float64, looked up by position; dropout by a mask of its own."""

import torch
import torch.nn.functional as F
from torch import nn


def waves(length: int, width: int) -> torch.Tensor:
    column = torch.arange(width)
    exponent = (column - column % 2).double() / width
    angle = torch.arange(length).double()[:, None] * torch.pow(10000.0, -exponent)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos()).float()


class PositionalEncoding(nn.Module):
    encoding: torch.Tensor

    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        self.max_len, self.p = max_len, dropout
        self.register_buffer("encoding", waves(max_len, d_model))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.size(1) > self.max_len:
            raise ValueError(f"{x.size(1)} > {self.max_len}")
        position = torch.arange(x.size(1), device=x.device)
        output = x + F.embedding(position, self.encoding)
        if not self.training or self.p == 0.0:
            return output
        keep = torch.rand(output.shape, device=x.device) >= self.p
        return output * keep / (1.0 - self.p)
