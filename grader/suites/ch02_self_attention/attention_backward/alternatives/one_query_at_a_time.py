"""Every query on its own, with the whole Jacobian of its softmax, in float64."""

import math

import torch


def backward_of_one_query(d_out, query, keys, values):
    weights = torch.softmax(keys @ query / math.sqrt(len(query)), dim=0)
    jacobian = torch.diag(weights) - torch.outer(weights, weights)
    d_scores = jacobian @ (values @ d_out) / math.sqrt(len(query))
    return d_scores @ keys, torch.outer(d_scores, query), torch.outer(weights, d_out)


def attention_backward(d_output, q, k, v):
    dtype = q.dtype
    t = q.size(-2)
    flat = [x.double().reshape(-1, *x.shape[-2:]) for x in (d_output, q, k, v)]
    dq, dk, dv = (torch.zeros_like(x) for x in flat[1:])
    for b in range(flat[0].size(0)):
        for i in range(t):
            of_query, of_keys, of_values = backward_of_one_query(
                flat[0][b, i], flat[1][b, i], flat[2][b], flat[3][b]
            )
            dq[b, i] = of_query
            dk[b] += of_keys
            dv[b] += of_values
    return (
        dq.reshape(q.shape).to(dtype),
        dk.reshape(k.shape).to(dtype),
        dv.reshape(v.shape).to(dtype),
    )
