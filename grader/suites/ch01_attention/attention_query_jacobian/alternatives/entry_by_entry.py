"""A sum over the entries. Centring one of the two sides is enough."""

import torch
from torch import Tensor


def attention_query_jacobian(q: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    scores = torch.stack([key.dot(q) for key in keys])
    exps = (scores - scores.max()).exp()
    p = exps / exps.sum()
    mean_key = sum(weight * key for weight, key in zip(p, keys, strict=True))
    jacobian = torch.zeros(values.shape[1], keys.shape[1], dtype=q.dtype, device=q.device)
    for weight, key, value in zip(p, keys, values, strict=True):
        jacobian += weight * torch.outer(value, key - mean_key)
    return jacobian
