"""Partial attentions of all blocks, merged one into the next by a function of its own."""

import math

import torch


def merge(first, second):
    (m, l, o), (m2, l2, o2) = first, second  # noqa: E741
    top = torch.maximum(m, m2)
    a, b = (m - top).exp(), (m2 - top).exp()
    return top, a * l + b * l2, a[..., None] * o + b[..., None] * o2


def partial(q, k, v):
    scores = torch.einsum("...td,...sd->...ts", q, k)
    m = scores.max(-1).values
    weights = torch.exp(scores - m[..., None])
    return m, weights.sum(-1), torch.einsum("...ts,...se->...te", weights, v)


def tiled_attention(q, k, v, block):
    if block <= 0:
        raise ValueError("There is no key in such a block.")
    q = q / math.sqrt(q.shape[-1])
    state = None
    for keys, values in zip(k.split(block, -2), v.split(block, -2), strict=True):
        found = partial(q, keys, values)
        state = found if state is None else merge(state, found)
    return state[2] / state[1][..., None]
