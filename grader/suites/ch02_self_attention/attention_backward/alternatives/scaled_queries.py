"""The scale on the queries, a softmax by hand, and the two branches of its quotient."""

import torch


def attention_backward(d_output, q, k, v):
    root = torch.tensor(q.size(-1), dtype=q.dtype, device=q.device).sqrt()
    scaled = q / root
    scores = scaled @ k.transpose(-1, -2)
    numerators = (scores - scores.amax(-1, True)).exp()
    totals = numerators.sum(-1, keepdim=True)

    d_weights = d_output @ v.transpose(-1, -2)
    d_numerators = d_weights / totals
    d_totals = -(d_weights * numerators).sum(-1, keepdim=True) / totals**2
    d_scores = (d_numerators + d_totals) * numerators

    dq = (d_scores @ k) / root
    dk = (scaled.transpose(-1, -2) @ d_scores).transpose(-1, -2)
    dv = (d_output.transpose(-1, -2) @ (numerators / totals)).transpose(-1, -2)
    return dq, dk, dv
