"""Computed in float64 from scaled queries and keys, masked before and after the exponential."""

import torch
from torch import Tensor


class Attention(torch.nn.Module):
    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> tuple:
        root = q.shape[-1] ** 0.25
        scores = (q.double() / root) @ (k.double() / root).mT
        allowed = torch.ones_like(scores, dtype=torch.bool)
        if mask is not None:
            allowed = allowed & mask
        scores = scores.masked_fill(allowed.logical_not(), -1e9)
        shifted = scores - scores.amax(-1, keepdim=True).detach()
        numerators = shifted.exp() * allowed
        weights = numerators / numerators.sum(-1, keepdim=True).clamp(min=1e-300)
        return (weights @ v.double()).to(q.dtype), weights.to(q.dtype)


def scaled_dot_product_attention(q, k, v, mask=None):
    return Attention()(q, k, v, mask)
