"""The logarithm of 1 in place of the logarithm of 0, then einsum."""

import torch


def attention_entropy(weights: torch.Tensor) -> torch.Tensor:
    safe = torch.where(weights > 0, weights, torch.ones_like(weights))
    return -torch.einsum("...s,...s->...", weights, safe.log())
