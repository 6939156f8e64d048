"""The values of one head set to 0, and the whole layer run again for each, in float64."""

import torch


def layer(x, w_q, w_k, w_v, w_o, n_heads):
    outputs = []
    for q, k, v in zip(
        (x @ w_q.t()).chunk(n_heads, -1),
        (x @ w_k.t()).chunk(n_heads, -1),
        (x @ w_v.t()).chunk(n_heads, -1),
        strict=True,
    ):
        outputs.append(torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1) @ v)
    return torch.cat(outputs, -1) @ w_o.t()


@torch.no_grad()
def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    dtype = x.dtype
    x, w_q, w_k, w_v, w_o, target = (t.double() for t in (x, w_q, w_k, w_v, w_o, target))
    d = x.shape[-1] // n_heads
    full = (layer(x, w_q, w_k, w_v, w_o, n_heads) - target).pow(2).mean()
    rises = []
    for h in range(n_heads):
        silent = w_v.clone()
        silent[h * d : (h + 1) * d] = 0.0
        error = (layer(x, w_q, w_k, silent, w_o, n_heads) - target).pow(2).mean()
        rises.append((error - full).item())
    return torch.tensor(rises, dtype=dtype, device=x.device)
