"""The fused kernel where nothing is dropped; the weights are computed beside it."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("not divisible")
        self.n_heads, self.dropout = n_heads, dropout
        self.w_q, self.w_k, self.w_v, self.w_o = [
            nn.Linear(d_model, d_model, bias=bias) for _ in range(4)
        ]

    def heads(self, x):
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.w_q(query), self.w_k(key), self.w_v(value)
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        if mask is None:
            mask = torch.ones(q.size(2), k.size(2), dtype=torch.bool, device=q.device)
        alive = mask.any(-1, keepdim=True)
        opened = mask | ~alive
        p = self.dropout if self.training else 0.0
        found = F.scaled_dot_product_attention(q, k, v, attn_mask=opened, dropout_p=p) * alive
        scores = (q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))).masked_fill(~opened, -math.inf)
        output = self.w_o(found.transpose(1, 2).flatten(2))
        return output, scores.softmax(-1) * alive
