"""The sum of squares as an einsum of the row with itself."""

import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.d_model, self.eps = d_model, eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
        square = torch.einsum("...d,...d->...", wide, wide)[..., None] / self.d_model
        return (wide / torch.sqrt(square + self.eps)).type_as(x) * self.weight
