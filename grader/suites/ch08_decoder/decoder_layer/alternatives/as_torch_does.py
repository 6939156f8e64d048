"""As torch's layer: dropout of weights and hidden features, too; sub-layers as methods."""

import torch
import torch.nn.functional as F
from torch import nn


class DecoderLayer(nn.Module):
    def __init__(self, d_model, n_heads, d_ff, dropout=0.0, norm_first=False):
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} features do not make {n_heads} equal heads")
        self.n_heads, self.p, self.norm_first = n_heads, dropout, norm_first
        names = ("w_q", "w_k", "w_v", "w_o")
        self.self_attention = nn.ModuleDict({name: nn.Linear(d_model, d_model) for name in names})
        self.cross_attention = nn.ModuleDict({name: nn.Linear(d_model, d_model) for name in names})
        self.feed_forward = nn.ModuleDict(
            {"linear1": nn.Linear(d_model, d_ff), "linear2": nn.Linear(d_ff, d_model)}
        )
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))
        self.drop, self.drop1, self.drop2, self.drop3 = (nn.Dropout(dropout) for _ in range(4))

    def attend(self, part, x, memory, mask):
        q = part["w_q"](x).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        k = part["w_k"](memory).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        v = part["w_v"](memory).unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        p = self.p if self.training else 0.0
        heads = F.scaled_dot_product_attention(q, k, v, mask, dropout_p=p)
        return part["w_o"](heads.transpose(1, 2).reshape(x.shape))

    def _sa_block(self, x, mask):
        return self.drop1(self.attend(self.self_attention, x, x, mask))

    def _mha_block(self, x, memory, mask):
        return self.drop2(self.attend(self.cross_attention, x, memory, mask))

    def _ff_block(self, x):
        hidden = self.drop(torch.relu(self.feed_forward["linear1"](x)))
        return self.drop3(self.feed_forward["linear2"](hidden))

    def forward(self, x, memory, mask=None, memory_mask=None):
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), mask)
            x = x + self._mha_block(self.norm2(x), memory, memory_mask)
            x = x + self._ff_block(self.norm3(x))
        else:
            x = self.norm1(x + self._sa_block(x, mask))
            x = self.norm2(x + self._mha_block(x, memory, memory_mask))
            x = self.norm3(x + self._ff_block(x))
        return x
