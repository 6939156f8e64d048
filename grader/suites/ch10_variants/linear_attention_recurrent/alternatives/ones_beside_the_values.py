"""A column of ones beside the values carries the divisor; split into chunks by torch."""

from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError(f"chunk = {chunk}")
    v = torch.cat([v, torch.ones_like(v[..., :1])], dim=-1)
    state = 0 if memory is None else torch.cat([memory, total.unsqueeze(-1)], dim=-1)
    outputs = []
    for a, b, c in zip(q.split(chunk, -2), k.split(chunk, -2), v.split(chunk, -2), strict=True):
        new = b.mT @ c
        both = torch.tril(a @ b.mT) @ c
        if not isinstance(state, int):
            both = both + a @ state
        outputs.append(both[..., :-1] / both[..., -1:])
        state = state + new
    return LinearAttention(torch.cat(outputs, -2), state[..., :-1], state[..., -1])
