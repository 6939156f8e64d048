"""Parameters made by hand, no nn.Linear, and a softmax of its own in float64."""

import torch
from torch import Tensor, nn


class Projection(nn.Module):
    def __init__(self, d_in: int, d_out: int, bias: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d_out, d_in) / d_in**0.5)
        self.bias = nn.Parameter(torch.zeros(d_out)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        y = torch.matmul(x, self.weight.t())
        return y if self.bias is None else y + self.bias


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = Projection(d_model, d_k, bias)
        self.key = Projection(d_model, d_k, bias)
        self.value = Projection(d_model, d_v, bias)
        self.register_buffer("root", torch.tensor(float(d_k)).sqrt(), persistent=False)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        q = self.query(x)
        k = self.key(x)
        v = self.value(x)
        scores = (torch.bmm(q, k.transpose(1, 2)) / self.root).double()
        if mask is not None:
            scores = scores.masked_fill(mask.logical_not(), -1e30)
        numerators = (scores - scores.max(dim=-1, keepdim=True).values).exp()
        if mask is not None:
            numerators = numerators * mask
        total = numerators.sum(dim=-1, keepdim=True)
        weights = (numerators / torch.where(total > 0, total, 1.0)).to(x.dtype)
        return torch.bmm(weights, v), weights
