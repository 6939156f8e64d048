"""As torch's layer: dropout of weights and hidden features, too; sub-layers as methods."""

import torch
import torch.nn.functional as F
from torch import nn


class EncoderLayer(nn.Module):
    def __init__(self, d_model, n_heads, d_ff, dropout=0.0, norm_first=False):
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} features do not make {n_heads} equal heads")
        self.n_heads, self.p, self.norm_first = n_heads, dropout, norm_first
        self.self_attention = nn.ModuleDict(
            {name: nn.Linear(d_model, d_model) for name in ("w_q", "w_k", "w_v", "w_o")}
        )
        self.feed_forward = nn.ModuleDict(
            {"linear1": nn.Linear(d_model, d_ff), "linear2": nn.Linear(d_ff, d_model)}
        )
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.drop, self.drop1, self.drop2 = (nn.Dropout(dropout) for _ in range(3))

    def attend(self, x, mask):
        B, T, D = x.shape
        part = self.self_attention
        q, k, v = (
            part[name](x).view(B, T, self.n_heads, -1).transpose(1, 2)
            for name in ("w_q", "w_k", "w_v")
        )
        p = self.p if self.training else 0.0
        heads = F.scaled_dot_product_attention(q, k, v, mask, dropout_p=p)
        return self.drop1(part["w_o"](heads.transpose(1, 2).reshape(B, T, D)))

    def think(self, x):
        hidden = self.drop(torch.relu(self.feed_forward["linear1"](x)))
        return self.drop2(self.feed_forward["linear2"](hidden))

    def forward(self, x, mask=None):
        before1, before2, after1, after2 = (nn.Identity() for _ in range(4))
        if self.norm_first:
            before1, before2 = self.norm1, self.norm2
        else:
            after1, after2 = self.norm1, self.norm2
        x = after1(x + self.attend(before1(x), mask))
        return after2(x + self.think(before2(x)))
