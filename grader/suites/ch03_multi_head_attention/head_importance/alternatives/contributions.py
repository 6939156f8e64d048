"""What each head adds to the output, from which the rise follows by the binomial formula."""

import torch


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    D = x.size(-1)
    parts = [w.reshape(n_heads, D // n_heads, D) for w in (w_q, w_k, w_v)]
    q, k, v = (torch.einsum("btm,hdm->hbtd", x, part) for part in parts)
    scores = torch.einsum("hbtd,hbsd->hbts", q, k) / q.size(-1) ** 0.5
    columns = w_o.T.reshape(n_heads, -1, D)  # (H, d, D)
    added = torch.softmax(scores, -1) @ v @ columns[:, None]  # (H, B, T, D)
    residual = added.sum(0) - target
    # (r − a)² − r² = a² − 2 r a
    return (added**2 - 2 * residual * added).mean(dim=(1, 2, 3))
