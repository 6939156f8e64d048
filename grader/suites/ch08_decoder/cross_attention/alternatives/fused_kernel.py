"""The fused kernel for the output; the weights are computed beside it, in float64."""

import math

import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("not divisible")
        self.n_heads = n_heads
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x, memory, memory_mask=None):
        heads = (self.n_heads, x.size(-1) // self.n_heads)
        q, k, v = (
            y.unflatten(-1, heads).transpose(1, 2)
            for y in (self.w_q(x), self.w_k(memory), self.w_v(memory))
        )
        found = F.scaled_dot_product_attention(q, k, v, attn_mask=memory_mask)
        scores = q.double() @ k.double().mT / math.sqrt(heads[1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, -1e300)
        weights = scores.softmax(-1)
        if memory_mask is not None:
            weights = weights * memory_mask
        return self.w_o(found.transpose(1, 2).flatten(2)), weights.to(x.dtype)
