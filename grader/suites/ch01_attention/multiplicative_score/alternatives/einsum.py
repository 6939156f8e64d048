"""One einsum over all three."""

import torch


def multiplicative_score(query, keys, weight):
    return torch.einsum("btq,qk,bsk->bts", query, weight, keys)
