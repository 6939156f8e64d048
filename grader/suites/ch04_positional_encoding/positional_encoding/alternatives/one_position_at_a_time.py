"""A loop over positions, and the sum carried out in float32."""

import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.0, max_len=5000):
        super().__init__()
        rows = [
            [
                (math.sin, math.cos)[j % 2](p * math.pow(10000, -(j - j % 2) / d_model))
                for j in range(d_model)
            ]
            for p in range(max_len)
        ]
        self.register_buffer("encoding", torch.tensor(rows))
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        if x.shape[1] > self.encoding.shape[0]:
            raise ValueError("The sequence is longer than max_len.")
        tokens = [x[:, p].float() + self.encoding[p].float() for p in range(x.shape[1])]
        return self.drop(torch.stack(tokens, dim=1).to(x.dtype))
