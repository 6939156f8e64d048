"""One token at a time, whatever the chunk; the result is the same."""

from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk <= 0:
        raise ValueError("chunk")
    if memory is None:
        memory = torch.zeros_like(k[..., 0, :, None] * v[..., 0, None, :])
        total = torch.zeros_like(k[..., 0, :])
    rows = []
    for query, key, value in zip(q.unbind(-2), k.unbind(-2), v.unbind(-2), strict=True):
        memory = memory + torch.einsum("...d,...e->...de", key, value)
        total = total + key
        mean = torch.einsum("...d,...de->...e", query, memory)
        rows.append(mean / (query * total).sum(-1, keepdim=True))
    return LinearAttention(torch.stack(rows, -2), memory, total)
