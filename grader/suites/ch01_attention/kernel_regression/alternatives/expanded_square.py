"""The square written out: q² is the same for all keys, so the softmax does without it."""

import torch


def kernel_regression(queries, keys, values, bandwidth):
    scores = (torch.outer(queries, keys) - keys**2 / 2) / bandwidth**2
    return torch.einsum("nm,m->n", scores.softmax(-1), values)
