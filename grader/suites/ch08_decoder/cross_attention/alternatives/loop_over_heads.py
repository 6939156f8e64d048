"""One head after the other, the exponentials and their sum written out."""

import torch
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.d, rest = divmod(d_model, n_heads)
        if rest:
            raise ValueError(f"{d_model} = {n_heads} * {self.d} + {rest}")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x, memory, memory_mask=None):
        B, T, S = len(x), x.size(1), memory.size(1)
        if memory_mask is None:
            memory_mask = torch.ones(T, S, dtype=torch.bool, device=x.device)
        memory_mask = memory_mask.expand(B, self.n_heads, T, S)
        queries, keys, values = (
            y.split(self.d, dim=-1) for y in (self.w_q(x), self.w_k(memory), self.w_v(memory))
        )
        outputs, weights = [], []
        for h in range(self.n_heads):
            allowed = memory_mask[:, h]
            scores = torch.bmm(queries[h], keys[h].mT) / self.d**0.5
            scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
            share = (scores - scores.amax(dim=-1, keepdim=True)).exp() * allowed
            total = share.sum(dim=-1, keepdim=True)
            share = share / total.masked_fill(total == 0, 1.0)
            weights.append(share)
            outputs.append(torch.bmm(share, values[h]))
        return self.w_o(torch.cat(outputs, dim=-1)), torch.stack(weights, dim=1)
