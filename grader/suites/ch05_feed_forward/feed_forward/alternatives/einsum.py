"""Parameters of its own, einsum, and a mask for the dropout."""

import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / inputs**0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.dropout = dropout
        self.linear1, self.linear2 = Affine(d_model, d_ff), Affine(d_ff, d_model)

    def forward(self, x):
        hidden = self.linear1(x)
        hidden = torch.where(hidden > 0, hidden, torch.zeros_like(hidden))
        if self.training and self.dropout:
            kept = torch.rand_like(hidden) >= self.dropout
            hidden = hidden * kept / (1 - self.dropout)
        return self.linear2(hidden)
