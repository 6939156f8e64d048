"""Heads in a loop, joined by einsum; one function for all three residual connections."""

import torch
import torch.nn.functional as F
from torch import nn


class MultiHead(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        if D % H:
            raise ValueError("The heads would not be equally wide.")
        self.H = H
        self.w_q, self.w_k = nn.Linear(D, D), nn.Linear(D, D)
        self.w_v, self.w_o = nn.Linear(D, D), nn.Linear(D, D)

    def forward(self, x, source, mask=None):
        B, T, D = x.shape
        S, d = source.size(1), D // self.H
        q, k, v = self.w_q(x), self.w_k(source), self.w_v(source)
        mask = torch.ones(T, S, dtype=torch.bool, device=q.device) if mask is None else mask
        mask = mask.expand(B, self.H, T, S)
        found = []
        for h in range(self.H):
            own = slice(h * d, (h + 1) * d)
            scores = torch.einsum("btd,bsd->bts", q[..., own], k[..., own]) * d**-0.5
            lowest = torch.finfo(scores.dtype).min
            weights = scores.masked_fill(~mask[:, h], lowest).softmax(-1) * mask[:, h]
            found.append(torch.einsum("bts,bsd->btd", weights, v[..., own]))
        return self.w_o(torch.cat(found, dim=-1))


class DecoderLayer(nn.Module):
    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        self.self_attention = MultiHead(d_model, n_heads)
        self.cross_attention = MultiHead(d_model, n_heads)
        self.feed_forward = nn.Sequential()
        self.feed_forward.add_module("linear1", nn.Linear(d_model, d_ff))
        self.feed_forward.add_module("activation", nn.ReLU())
        self.feed_forward.add_module("linear2", nn.Linear(d_ff, d_model))
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = dropout
        self.norm_first = norm_first

    def connect(self, x, norm, sublayer):
        inner = sublayer(norm(x) if self.norm_first else x)
        total = x + F.dropout(inner, self.dropout, training=self.training)
        return total if self.norm_first else norm(total)

    def forward(self, x, memory, mask=None, memory_mask=None):
        x = self.connect(x, self.norm1, lambda h: self.self_attention(h, h, mask))
        x = self.connect(x, self.norm2, lambda h: self.cross_attention(h, memory, memory_mask))
        return self.connect(x, self.norm3, self.feed_forward)
