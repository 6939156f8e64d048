"""Tokens as columns, a layer norm of its own, float64 inside."""

import math
from typing import NamedTuple

import torch


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


def norm(h):  # (D, N)
    variance, mean = torch.var_mean(h, dim=0, correction=0, keepdim=True)
    return (h - mean) / (variance + 1e-5).sqrt()


def gradient_norms_by_depth(depth, d_model, norm_first, seed):
    w_in, w_out, x, target = (part.double() for part in draw_stack(depth, d_model, seed))
    w_out = w_out.requires_grad_()
    h = x.T
    for i in range(depth):
        if norm_first:
            h = h + w_out[i] @ (w_in[i] @ norm(h)).clamp(min=0)
        else:
            h = norm(h + w_out[i] @ (w_in[i] @ h).clamp(min=0))
    if norm_first:
        h = norm(h)
    loss = ((h.T - target) ** 2).sum() / target.numel()
    gradients = torch.autograd.grad(loss, w_out)[0]
    return gradients.flatten(1).norm(dim=1).float()
