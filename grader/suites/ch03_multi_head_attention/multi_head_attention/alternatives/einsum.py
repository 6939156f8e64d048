"""Einsum all the way, per-head weights, and a softmax written out in float64."""

import torch


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    width = x_q.shape[-1]
    per_head = [w.double().reshape(n_heads, -1, width) for w in (w_q, w_k, w_v)]
    q = torch.einsum("btm,hdm->bhtd", x_q.double(), per_head[0])
    k = torch.einsum("bsm,hdm->bhsd", x_kv.double(), per_head[1])
    v = torch.einsum("bsm,hdm->bhsd", x_kv.double(), per_head[2])
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) * (width / n_heads) ** -0.5
    if mask is None:
        mask = torch.ones((), dtype=torch.bool, device=x_q.device)
    scores = torch.where(mask, scores, torch.finfo(torch.float64).min)
    exps = torch.exp(scores - scores.amax(-1, keepdim=True)) * mask
    weights = exps / exps.sum(-1, keepdim=True).clamp(min=1e-300)
    out = torch.einsum("bhts,bhsd,mhd->btm", weights, v, w_o.double().reshape(width, n_heads, -1))
    return out.to(x_q.dtype)
