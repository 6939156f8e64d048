"""Loops over the batch, the queries and the keys, in float64."""

import torch
from torch import Tensor


def multiplicative_score(query: Tensor, keys: Tensor, weight: Tensor) -> Tensor:
    w = weight.double()
    scores = [
        [torch.stack([q.double() @ w @ k.double() for k in ks]) for q in qs]
        for qs, ks in zip(query, keys, strict=True)
    ]
    return torch.stack([torch.stack(rows) for rows in scores]).to(query.dtype)
