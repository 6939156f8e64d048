"""Parameters of its own making, einsum over heads, dropout written out."""

import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width, width) * width**-0.5)
        self.register_parameter("bias", nn.Parameter(torch.zeros(width)) if bias else None)

    def forward(self, x):
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model // n_heads * n_heads != d_model:
            raise ValueError("d_model has to be a multiple of n_heads")
        self.h, self.p = n_heads, dropout
        for name in "qkvo":
            setattr(self, f"w_{name}", Affine(d_model, bias))

    def forward(self, query, key, value, mask=None):
        B, T, _ = query.shape
        q = self.w_q(query).view(B, T, self.h, -1)
        k = self.w_k(key).view(B, key.shape[1], self.h, -1)
        v = self.w_v(value).view(B, value.shape[1], self.h, -1)
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.shape[-1] ** -0.5
        if mask is None:
            weights = torch.softmax(scores, dim=-1)
        else:
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
            weights = torch.softmax(scores, dim=-1) * mask
        kept = weights
        if self.training and self.p > 0:
            kept = weights * (torch.rand_like(weights) >= self.p) / (1 - self.p)
        heads = torch.einsum("bhts,bshd->bthd", kept, v)
        return self.w_o(heads.flatten(2)), weights
