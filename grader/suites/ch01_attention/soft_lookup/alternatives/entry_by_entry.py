"""Loops over the entries; the sum is divided at the end."""

import torch


def soft_lookup(query, keys, values):
    scores = [torch.dot(query, key) for key in keys]
    largest = max(scores, key=float).detach()
    blend, total = 0, 0
    for score, value in zip(scores, values, strict=True):
        share = torch.exp(score - largest)
        blend, total = blend + share * value, total + share
    return blend / total
