"""The queries get an axis for the members of a group; keys are never copied."""

import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    B, H, T, d = q.shape
    G = k.shape[1]
    if H % G != 0:
        raise ValueError(f"H = {H} is no multiple of G = {G}")
    q = q.reshape(B, G, H // G, T, d)
    scores = torch.einsum("bgmtd,bgsd->bgmts", q, k).reshape(B, H, T, -1) / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(-1).nan_to_num(0.0)
    grouped = weights.reshape(B, G, H // G, T, -1)
    output = torch.einsum("bgmts,bgse->bgmte", grouped, v)
    return output.reshape(B, H, T, -1), weights
