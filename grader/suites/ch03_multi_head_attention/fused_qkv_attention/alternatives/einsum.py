"""Einsum over a weight of shape (3, H, d, D), in float64."""

import torch


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    weight = w_qkv.double().reshape(3, n_heads, -1, D)
    qkv = torch.einsum("btm,nhdm->nbhtd", x.double(), weight)
    if b_qkv is not None:
        qkv = qkv + b_qkv.double().reshape(3, 1, n_heads, 1, -1)
    q, k, v = qkv.unbind(0)
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) / (D / n_heads) ** 0.5
    if mask is not None:
        empty = ~mask.any(-1, keepdim=True)
        scores = torch.where(mask | empty, scores, -torch.inf)
    weights = torch.softmax(scores, -1)
    if mask is not None:
        weights = torch.where(empty, 0.0, weights)
    out = torch.einsum("bhts,bhsd->bthd", weights, v).reshape(B, T, D)
    out = torch.einsum("btd,md->btm", out, w_o.double())
    if b_o is not None:
        out = out + b_o.double()
    return out.to(x.dtype)
