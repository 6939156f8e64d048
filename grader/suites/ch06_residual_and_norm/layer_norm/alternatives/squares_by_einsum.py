"""The sum of squares as an einsum of the row with itself."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight, self.bias = (
            nn.Parameter(torch.ones(d_model)),
            nn.Parameter(torch.zeros(d_model)),
        )
        self.d_model, self.eps = d_model, eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
        centred = wide - wide.mean(-1)[..., None]
        variance = torch.einsum("...d,...d->...", centred, centred)[..., None] / self.d_model
        y = centred * (variance + self.eps).pow(-0.5)
        return torch.addcmul(self.bias, self.weight, y.type_as(x))
