"""Squares added up one tensor after the other; short gradients are cloned."""

from collections.abc import Sequence

import torch


def clip_grad_norm(
    grads: Sequence[torch.Tensor], max_norm: float
) -> tuple[list[torch.Tensor], torch.Tensor]:
    total = torch.tensor(0.0)
    for i, grad in enumerate(grads):
        squares = (grad**2).sum()
        total = squares if i == 0 else total + squares
    norm = total**0.5
    if norm > max_norm:
        return [grad / norm * max_norm for grad in grads], norm
    return [grad.clone() for grad in grads], norm
