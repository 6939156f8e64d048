"""Parameters of its own making, einsum over heads."""

import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width, width) * width**-0.5)
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model // n_heads * n_heads != d_model:
            raise ValueError("d_model has to be a multiple of n_heads")
        self.h = n_heads
        for name in "qkvo":
            setattr(self, f"w_{name}", Affine(d_model))

    def forward(self, x, memory, memory_mask=None):
        B, T, _ = x.shape
        S = memory.shape[1]
        q = self.w_q(x).view(B, T, self.h, -1)
        k = self.w_k(memory).view(B, S, self.h, -1)
        v = self.w_v(memory).view(B, S, self.h, -1)
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.shape[-1] ** -0.5
        if memory_mask is None:
            weights = torch.softmax(scores, dim=-1)
        else:
            scores = torch.where(memory_mask, scores, torch.finfo(scores.dtype).min)
            weights = torch.softmax(scores, dim=-1) * memory_mask
        heads = torch.einsum("bhts,bshd->bthd", weights, v)
        return self.w_o(heads.flatten(2)), weights
