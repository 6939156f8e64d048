"""One head after the other; the output is the sum of what each adds through its columns of W_o."""

import torch


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    d = D // n_heads
    if mask is not None:
        mask = torch.broadcast_to(mask, (B, n_heads, T, x_kv.size(1)))
    output = 0
    for h in range(n_heads):
        rows = slice(h * d, (h + 1) * d)
        q, k, v = x_q @ w_q[rows].t(), x_kv @ w_k[rows].t(), x_kv @ w_v[rows].t()
        scores = torch.bmm(q, k.transpose(1, 2)) / d**0.5
        if mask is None:
            weights = torch.softmax(scores, -1)
        else:
            lowest = torch.finfo(scores.dtype).min
            weights = torch.softmax(scores.masked_fill(~mask[:, h], lowest), -1) * mask[:, h]
        output = output + torch.bmm(weights, v) @ w_o[:, rows].t()
    return output
