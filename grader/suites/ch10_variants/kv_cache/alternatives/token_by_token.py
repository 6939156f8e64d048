"""All tokens of a piece projected and appended at once, and then one query after the other."""

import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self):
        self.held = ()

    @property
    def length(self):
        return self.held[0].size(2) if self.held else 0

    def append(self, k, v):
        old = self.held or (k[:, :, :0], v[:, :, :0])
        self.held = tuple(torch.cat(pair, dim=2) for pair in zip(old, (k, v), strict=True))
        return self.held


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, n_heads, max_len):
        super().__init__()
        self.heads = n_heads
        self.limit = max_len
        self.position = nn.Embedding(max_len, d_model)
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        start = 0 if cache is None else cache.length
        if start + x.size(1) > self.limit:
            raise ValueError("no position is left")
        x = x + self.position.weight.narrow(0, start, x.size(1))
        q, k, v = (
            w(x).unflatten(2, (self.heads, -1)).permute(0, 2, 1, 3)
            for w in (self.w_q, self.w_k, self.w_v)
        )
        if cache is not None:
            k, v = cache.append(k, v)
        rows = []
        for t in range(x.size(1)):
            seen = slice(0, start + t + 1)
            head = F.scaled_dot_product_attention(q[:, :, t : t + 1], k[:, :, seen], v[:, :, seen])
            rows.append(head.permute(0, 2, 1, 3).flatten(2))
        return self.w_o(torch.cat(rows, dim=1))
