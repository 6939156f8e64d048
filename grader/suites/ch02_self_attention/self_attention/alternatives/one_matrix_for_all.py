"""The three weights joined for one product, einsum, and an additive mask opened for empty rows."""

import torch
import torch.nn as nn


class SelfAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v, bias=False):
        super().__init__()
        self.sizes = [d_k, d_k, d_v]
        self.query = nn.Linear(d_model, d_k, bias)
        self.key = nn.Linear(d_model, d_k, bias)
        self.value = nn.Linear(d_model, d_v, bias)

    def forward(self, x, mask=None):
        projections = (self.query, self.key, self.value)
        joined = torch.cat([p.weight for p in projections])
        qkv = torch.einsum("btm,om->bto", x, joined)
        if self.query.bias is not None:
            qkv = qkv + torch.cat([p.bias for p in projections])
        q, k, v = qkv.split(self.sizes, dim=-1)
        scores = torch.einsum("btd,bsd->bts", q, k) * self.sizes[0] ** -0.5
        if mask is None:
            weights = torch.softmax(scores, -1)
        else:
            empty = ~mask.any(-1, keepdim=True)
            bias = torch.zeros_like(scores).masked_fill(~(mask | empty), float("-inf"))
            weights = torch.softmax(scores + bias, -1) * ~empty
        return torch.einsum("bts,bse->bte", weights, v), weights
