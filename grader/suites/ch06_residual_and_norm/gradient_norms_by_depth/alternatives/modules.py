"""A network of modules that takes over the drawn weights."""

import math
from typing import NamedTuple

import torch
from torch import nn


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


class Block(nn.Module):
    def __init__(self, w_in, w_out, norm_first):
        super().__init__()
        F, D = w_in.shape
        self.network = nn.Sequential(
            nn.Linear(D, F, bias=False), nn.ReLU(), nn.Linear(F, D, bias=False)
        )
        self.network[0].weight = nn.Parameter(w_in)
        self.network[2].weight = nn.Parameter(w_out)
        self.norm = nn.LayerNorm(D, eps=1e-5)
        self.norm_first = norm_first

    def forward(self, h):
        if self.norm_first:
            return h + self.network(self.norm(h))
        return self.norm(h + self.network(h))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    blocks = nn.Sequential(*(Block(w_in[i], w_out[i], norm_first) for i in range(depth)))
    output = blocks(x)
    if norm_first:
        output = nn.LayerNorm(d_model)(output)
    nn.MSELoss()(output, target).backward()
    gradients = [block.network[2].weight.grad for block in blocks]
    return torch.stack([torch.linalg.matrix_norm(gradient) for gradient in gradients])
