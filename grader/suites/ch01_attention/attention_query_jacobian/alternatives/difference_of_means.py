"""E[v kᵀ] − E[v] E[k]ᵀ by einsum, in float64."""

import torch


def attention_query_jacobian(q, keys, values):
    dtype = q.dtype
    q, keys, values = q.double(), keys.double(), values.double()
    p = (keys @ q).softmax(0)
    both = torch.einsum("s,se,sd->ed", p, values, keys)
    return (both - torch.outer(p @ values, p @ keys)).to(dtype)
