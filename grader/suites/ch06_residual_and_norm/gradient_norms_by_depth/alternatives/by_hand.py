"""The backward pass by hand: what arrives after layer l, times what its matrix was given."""

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


def back_through_norm(g, h):
    """The gradient with respect to h of layer norm without weight and bias."""
    centred = h - h.mean(-1, keepdim=True)
    deviation = (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    y = centred / deviation
    return (g - g.mean(-1, keepdim=True) - y * (g * y).mean(-1, keepdim=True)) / deviation


def gradient_norms_by_depth(depth, d_model, norm_first, seed):
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    h, seen, norms = x, [], []
    for w, v in zip(w_in, w_out, strict=True):
        inner = F.layer_norm(h, (d_model,)) if norm_first else h
        hidden = F.relu(inner @ w.T)
        total = h + hidden @ v.T
        seen.append((h, hidden, total))
        h = total if norm_first else F.layer_norm(total, (d_model,))
    output = F.layer_norm(h, (d_model,)) if norm_first else h
    g = 2 * (output - target) / target.numel()
    if norm_first:
        g = back_through_norm(g, h)
    for (h, hidden, total), w, v in reversed(list(zip(seen, w_in, w_out, strict=True))):
        g = g if norm_first else back_through_norm(g, total)
        norms.append((g.T @ hidden).norm())
        d_inner = ((g @ v) * (hidden > 0)) @ w
        g = g + (back_through_norm(d_inner, h) if norm_first else d_inner)
    return torch.stack(norms[::-1])
