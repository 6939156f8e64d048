"""Head by head, in float64; the absorbed form merges both matrices of queries and keys."""

import torch


def attend(scores, source):
    T, S = scores.shape[-2:]
    bias = torch.full((T, S), float("-inf"), dtype=scores.dtype, device=scores.device)
    return torch.softmax(scores + bias.triu(S - T + 1), dim=-1) @ source


def both(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past, absorb):
    dtype = x.dtype
    x, w_down, w_up_k, w_up_v, w_q, w_o = (
        t.double() for t in (x, w_down, w_up_k, w_up_v, w_q, w_o)
    )
    c = x @ w_down.T
    if past is not None:
        c = torch.cat([past.double(), c], dim=1)
    output = 0
    d, d_v = w_q.size(0) // n_heads, w_up_v.size(0) // n_heads
    for h in range(n_heads):
        q, k = w_q[h * d : (h + 1) * d], w_up_k[h * d : (h + 1) * d]
        v, o = w_up_v[h * d_v : (h + 1) * d_v], w_o[:, h * d_v : (h + 1) * d_v]
        if absorb:
            scores = x @ (q.T @ k) @ c.transpose(1, 2)
            output = output + attend(scores / d**0.5, c) @ (o @ v).T
        else:
            scores = (x @ q.T) @ (c @ k.T).transpose(1, 2)
            output = output + attend(scores / d**0.5, c @ v.T) @ o.T
    return output.to(dtype), c.to(dtype)


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    return both(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past, absorb=False)


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    return both(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past, absorb=True)
