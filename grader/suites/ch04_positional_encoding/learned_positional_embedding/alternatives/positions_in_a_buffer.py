"""Positions kept as a buffer, one row of them for each sequence."""

import torch
from torch import nn


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        self.register_buffer("positions", torch.arange(max_len), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        if length > self.positions.numel():
            raise ValueError(length)
        return self.embedding(self.positions[:length].expand(batch, length)) + x
