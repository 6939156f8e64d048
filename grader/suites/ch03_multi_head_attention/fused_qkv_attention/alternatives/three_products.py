"""The weight taken apart again, one product each, and a loop over heads."""

import torch


def project(x, weight, bias):
    y = torch.matmul(x, weight.t())
    return y if bias is None else y + bias


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.size(-1)
    d = D // n_heads
    w_q, w_k, w_v = w_qkv[:D], w_qkv[D : 2 * D], w_qkv[2 * D :]
    b_q, b_k, b_v = (None, None, None) if b_qkv is None else b_qkv.split(D)
    q, k, v = project(x, w_q, b_q), project(x, w_k, b_k), project(x, w_v, b_v)
    if mask is not None:
        mask = mask.expand(x.size(0), n_heads, x.size(1), x.size(1))
    heads = []
    for h in range(n_heads):
        mine = slice(h * d, h * d + d)
        scores = q[..., mine] @ k[..., mine].transpose(1, 2) / d**0.5
        if mask is None:
            weights = scores.softmax(-1)
        else:
            allowed = mask[:, h]
            scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
            weights = scores.softmax(-1) * allowed
        heads.append(weights @ v[..., mine])
    return project(torch.cat(heads, -1), w_o, b_o)
