"""A copy of W_o with a head's columns set to 0, and the fused kernel."""

import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    q, k, v = ((x @ w.T).view(B, T, n_heads, d).transpose(1, 2) for w in (w_q, w_k, w_v))
    merged = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D)
    full = F.mse_loss(merged @ w_o.T, target)
    result = torch.zeros(n_heads, dtype=x.dtype, device=x.device)
    for h in range(n_heads):
        silenced = w_o.clone()
        silenced[:, h * d : (h + 1) * d] = 0
        result[h] = F.mse_loss(merged @ silenced.T, target) - full
    return result
