"""The table is kept out of the saved state and gets its batch axis when it is used."""

import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.0, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term[: d_model // 2])
        self.register_buffer("encoding", pe, persistent=False)

    def forward(self, x):
        _, length, _ = x.shape
        if length > len(self.encoding):
            raise ValueError("too long")
        x = x + self.encoding[None, :length].requires_grad_(False)
        return self.dropout(x)
