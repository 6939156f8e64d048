"""`unflatten`, `movedim` and `flatten`, with the parts as a list."""

import torch


def unpack_projections(packed):
    return list(torch.tensor_split(packed, 3, dim=0))


def pack_projections(w_q, w_k, w_v):
    return torch.concatenate((w_q, w_k, w_v), dim=0)


def weight_to_heads(weight, n_heads):
    return weight.unflatten(0, (n_heads, -1)).movedim(-1, 1)


def heads_to_weight(heads):
    return torch.einsum("hmd->hdm", heads).flatten(0, 1)
