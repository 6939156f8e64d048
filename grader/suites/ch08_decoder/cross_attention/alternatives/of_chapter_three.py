"""The multi-head attention of chapter 3, called with the memory as key and as value."""

import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{n_heads} heads do not share {d_model} features")
        self.n_heads, self.d = n_heads, d_model // n_heads
        self.dropout = nn.Dropout(dropout)
        for name in ("w_q", "w_k", "w_v", "w_o"):
            self.add_module(name, nn.Linear(d_model, d_model, bias=bias))

    def split_heads(self, x):
        return x.view(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split_heads(self.w_q(query))
        k = self.split_heads(self.w_k(key))
        v = self.split_heads(self.w_v(value))
        scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(self.d)
        if mask is None:
            mask = torch.ones(1, dtype=torch.bool, device=scores.device)
        alive = mask.any(dim=-1, keepdim=True)
        weights = scores.masked_fill(~(mask | ~alive), float("-inf")).softmax(dim=-1)
        weights = weights.masked_fill(~alive, 0)
        heads = (self.dropout(weights) @ v).transpose(1, 2).reshape(query.shape)
        return self.w_o(heads), weights


class CrossAttention(MultiHeadAttention):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__(d_model, n_heads)

    def forward(self, x, memory, memory_mask=None):
        return super().forward(x, memory, memory, memory_mask)
