"""The feed-forward network as two convolutions of kernel size 1."""

import torch
from torch import nn


def feed_forward_as_convolution(
    weight1: torch.Tensor, weight2: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn the two weights of a feed-forward network into those of two 1-D convolutions.

    The network is max(x W₁ᵀ, 0) W₂ᵀ, without biases, for x (B, T, D). With the weights that you
    return, `torch.nn.functional.conv1d` must compute the same. It wants its input as
    (batch, channels, positions), so x with its last two axes exchanged, and its weight as
    (out channels, in channels, kernel size):

        hidden = conv1d(x.transpose(1, 2), first).clamp(min=0)     (B, F, T)
        output = conv1d(hidden, second).transpose(1, 2)            (B, T, D)

    Both convolutions have kernel size 1: they look at one position at a time.

    Args:
        weight1: W₁ (F, D), as in `linear1.weight`. Any floating-point dtype.
        weight2: W₂ (D, F), as in `linear2.weight`. Of the dtype of weight1.
        Neither need be contiguous, and neither is changed.

    Returns:
        The pair (first, second): the weights of the two convolutions in the order in which they
        are applied, of the dtype of weight1, with the very numbers of W₁ and W₂. Views of the
        arguments are fine. Gradients reach both arguments.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.3.

    >>> weight1 = torch.tensor([[1.0, 0.0], [-1.0, 1.0], [2.0, 2.0]])
    >>> weight2 = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 0.5]])
    >>> first, second = feed_forward_as_convolution(weight1, weight2)
    >>> x = torch.tensor([[[1.0, 3.0], [2.0, -1.0]]])
    >>> hidden = torch.nn.functional.conv1d(x.transpose(1, 2), first).clamp(min=0)
    >>> torch.nn.functional.conv1d(hidden, second).transpose(1, 2)
    tensor([[[3., 4.],
             [2., 1.]]])
    """
    raise NotImplementedError
