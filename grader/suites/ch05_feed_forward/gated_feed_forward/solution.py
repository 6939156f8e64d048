"""A feed-forward network with a gate, as in SwiGLU and GEGLU."""

from collections.abc import Callable

import torch
import torch.nn.functional as F


def gated_feed_forward(
    x: torch.Tensor,
    w_gate: torch.Tensor,
    w_up: torch.Tensor,
    w_down: torch.Tensor,
    activation: Callable[[torch.Tensor], torch.Tensor] = F.silu,
) -> torch.Tensor:
    """Compute (activation(x W_gateᵀ) ⊙ x W_upᵀ) W_downᵀ, for each token on its own.

    ⊙ multiplies number by number. Each hidden value is the product of a gate, which has gone
    through the activation, and of a value that has not. With silu the network is called SwiGLU,
    with gelu GEGLU. There are no biases and no dropout.

    Args:
        x: (..., D), with any number of leading dimensions: (D), (T, D), (B, T, D) and more. Any
            floating-point dtype. It need not be contiguous.
        w_gate: (d_ff, D), of the dtype of x.
        w_up: (d_ff, D), of the dtype of x.
        w_down: (D, d_ff), of the dtype of x.
        activation: A function that gives a new tensor of the same shape, number by number.

    Returns:
        (..., D), of the shape and dtype of x. Gradients reach x and the three weights. The
        arguments are not changed.

    Source: Shazeer 2020, "GLU Variants Improve Transformer".

    >>> x = torch.tensor([[1.0, 2.0]])
    >>> w_gate = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    >>> w_up = torch.tensor([[3.0, 0.0], [0.0, 5.0], [1.0, 1.0]])
    >>> w_down = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    >>> gated_feed_forward(x, w_gate, w_up, w_down, activation=torch.relu)
    tensor([[ 3., 20.]])
    >>> gated_feed_forward(x, w_gate, w_up, w_down)
    tensor([[ 1.3864, 16.8091]])
    """
    gate = activation(F.linear(x, w_gate))  # (..., d_ff)
    up = F.linear(x, w_up)  # (..., d_ff)
    return F.linear(gate * up, w_down)
