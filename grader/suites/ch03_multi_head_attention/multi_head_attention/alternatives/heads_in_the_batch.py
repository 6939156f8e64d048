"""Heads folded into the batch, queries scaled beforehand, an additive mask for one baddbmm."""

import math

import torch
import torch.nn.functional as F


def fold(x, n_heads):
    B, N, D = x.shape
    return x.view(B, N, n_heads, D // n_heads).permute(0, 2, 1, 3).reshape(B * n_heads, N, -1)


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    q, k, v = (fold(F.linear(x, w), n_heads) for x, w in ((x_q, w_q), (x_kv, w_k), (x_kv, w_v)))
    q = q / math.sqrt(D // n_heads)
    if mask is None:
        weights = F.softmax(q @ k.transpose(-2, -1), dim=-1)
    else:
        mask = mask.expand(B, n_heads, T, k.size(1)).reshape(-1, T, k.size(1))
        empty = ~mask.any(-1, keepdim=True)
        bias = torch.zeros(mask.shape, dtype=q.dtype, device=q.device)
        bias = bias.masked_fill(~(mask | empty), float("-inf"))
        weights = F.softmax(torch.baddbmm(bias, q, k.transpose(-2, -1)), dim=-1)
        weights = torch.where(empty, torch.zeros_like(weights), weights)
    heads = torch.bmm(weights, v).view(B, n_heads, T, -1)
    return F.linear(torch.cat(heads.unbind(1), dim=-1), w_o)
