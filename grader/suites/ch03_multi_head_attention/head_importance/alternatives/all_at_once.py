"""All silenced layers as one more dimension in front."""

import torch


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    def split(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    q, k, v = split(x @ w_q.mT), split(x @ w_k.mT), split(x @ w_v.mT)
    heads = (q @ k.mT / q.size(-1) ** 0.5).softmax(-1) @ v  # (B, H, T, d)
    keep = 1 - torch.eye(n_heads + 1, n_heads, dtype=x.dtype, device=x.device)
    kept = heads * keep[:, None, :, None, None]  # (H + 1, B, H, T, d)
    outputs = kept.transpose(2, 3).flatten(3) @ w_o.mT
    errors = (outputs - target).square().mean((1, 2, 3))
    return errors[:-1] - errors[-1]
