"""Everything turned: features first, columns for tokens, as the weight stands on the left."""

import math

import torch


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    features = w_qkv @ x.transpose(1, 2)  # (B, 3D, T)
    if b_qkv is not None:
        features = features + b_qkv.unsqueeze(-1)
    q, k, v = (part.reshape(B, n_heads, -1, T) for part in features.tensor_split(3, dim=1))
    scores = q.transpose(-1, -2) @ k
    scores = scores / math.sqrt(q.size(-2))
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(mask.logical_not(), 0.0)
    heads = (v @ weights.transpose(-1, -2)).reshape(B, D, T)
    out = (w_o @ heads).transpose(1, 2)
    return out if b_o is None else out + b_o
