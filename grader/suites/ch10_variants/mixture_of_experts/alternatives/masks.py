"""A table of gates for all experts, and a boolean mask for each; written in place."""

import torch


def mixture_of_experts(x, router, experts, k):
    n = len(experts)
    if k < 1 or k > n or router.shape[0] != n:
        raise ValueError("k, router and experts do not fit")
    flat = x.reshape(-1, x.shape[-1])
    logits = torch.einsum("nd,ed->ne", flat, router)
    best = torch.argsort(logits, dim=1, descending=True)[:, :k]
    used = torch.zeros_like(logits, dtype=torch.bool).scatter(1, best, True)
    gates = torch.softmax(logits.masked_fill(~used, float("-inf")), dim=1)
    y = torch.zeros_like(flat)
    for i in range(n):
        mine = used[:, i]
        if mine.any():
            y[mine] += gates[mine, i, None] * experts[i](flat[mine])
    f = used.to(x.dtype).sum(0) / (flat.shape[0] * k)
    p = torch.softmax(logits, dim=1).sum(0) / flat.shape[0]
    return y.reshape(x.shape), n * torch.dot(f, p)
