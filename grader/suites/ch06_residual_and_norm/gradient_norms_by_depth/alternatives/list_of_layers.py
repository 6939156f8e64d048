"""One leaf for each layer, and one backward pass from the loss."""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth, d_model, norm_first, seed):
    stack = draw_stack(depth, d_model, seed)
    first = list(stack.w_in)
    second = [w.clone().requires_grad_(True) for w in stack.w_out]
    x = stack.x
    for w, v in zip(first, second, strict=True):
        if norm_first:
            x = x + F.linear(torch.relu(F.linear(F.layer_norm(x, [d_model]), w)), v)
        else:
            x = F.layer_norm(x + F.linear(torch.relu(F.linear(x, w)), v), [d_model])
    if norm_first:
        x = F.layer_norm(x, [d_model])
    F.mse_loss(x, stack.target).backward()
    return torch.tensor([v.grad.norm().item() for v in second])
