"""One head after the other, each with its rows of the weights; the softmax in float64."""

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("n_heads must divide d_model")
        self.d_k = d_model // n_heads
        self.n_heads = n_heads
        self.rate = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, query, key, value, mask=None):
        parts = [layer(x).split(self.d_k, dim=-1) for layer, x in self.pairs(query, key, value)]
        if mask is not None:
            mask = mask.expand(len(query), self.n_heads, query.size(1), key.size(1))
        outputs, weights = [], []
        for h, (q, k, v) in enumerate(zip(*parts, strict=True)):
            scores = (q @ k.transpose(1, 2)).double() / self.d_k**0.5
            if mask is not None:
                scores = scores.masked_fill(~mask[:, h], -1e300)
            w = torch.softmax(scores, dim=-1)
            if mask is not None:
                w = w * mask[:, h]
            weights.append(w.to(v.dtype))
            outputs.append(F.dropout(weights[-1], self.rate, self.training) @ v)
        return self.w_o(torch.cat(outputs, dim=-1)), torch.stack(weights, dim=1)

    def pairs(self, query, key, value):
        return (self.w_q, query), (self.w_k, key), (self.w_v, value)
