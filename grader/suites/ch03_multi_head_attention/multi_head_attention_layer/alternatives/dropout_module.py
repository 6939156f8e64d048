"""`nn.Dropout`, functions outside the class, and an additive mask opened for empty rows."""

import math

import torch
import torch.nn as nn


def attention(q, k, v, mask=None, dropout=None):
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.size(-1))
    empty = None
    if mask is not None:
        empty = ~mask.any(dim=-1, keepdim=True)
        bias = torch.zeros(mask.shape, dtype=scores.dtype, device=scores.device)
        scores = scores + bias.masked_fill(~(mask | empty), -math.inf)
    weights = scores.softmax(dim=-1)
    if empty is not None:
        weights = weights.masked_fill(empty, 0)
    return torch.matmul(dropout(weights), v), weights


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True):
        super().__init__()
        self.d, rest = divmod(d_model, n_heads)
        if rest:
            raise ValueError(f"{d_model} = {n_heads} * {self.d} + {rest}")
        self.n_heads = n_heads
        self.w_q, self.w_k, self.w_v, self.w_o = (
            nn.Linear(d_model, d_model, bias) for _ in range(4)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        batch = query.size(0)
        q, k, v = [
            linear(x).view(batch, -1, self.n_heads, self.d).transpose(1, 2)
            for linear, x in ((self.w_q, query), (self.w_k, key), (self.w_v, value))
        ]
        heads, weights = attention(q, k, v, mask, self.dropout)
        heads = heads.transpose(1, 2).contiguous().view(batch, -1, self.n_heads * self.d)
        return self.w_o(heads), weights
