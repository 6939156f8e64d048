"""Self-attention: one sequence asks, answers and is read."""

import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    """One head of self-attention over a sequence of T vectors of width d_model.

    Queries, keys and values are three learned projections of the same input x. The score of the
    query at position t and the key at position s is q_t · k_s / √d_k. A softmax over s gives the
    weights, and the output at t is the average of the values under its weights. There is no
    dropout and no projection of the output.

    Args:
        d_model: Width of the input.
        d_k: Width of queries and keys.
        d_v: Width of values, and so of the output. All three widths may differ.
        bias: Whether each of the three projections adds a bias.

    Parameters, by these names and no others:
        query.weight (d_k, d_model), key.weight (d_k, d_model), value.weight (d_v, d_model);
        with bias=True also query.bias (d_k), key.bias (d_k), value.bias (d_v).
        A weight maps x to x Wᵀ, as in nn.Linear. Initialise them as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", sections 3.2.1 and 3.2.3.

    >>> layer = SelfAttention(d_model=6, d_k=4, d_v=3)
    >>> sorted((name, tuple(p.shape)) for name, p in layer.named_parameters())
    [('key.weight', (4, 6)), ('query.weight', (4, 6)), ('value.weight', (3, 6))]
    >>> output, weights = layer(torch.ones(2, 5, 6))
    >>> output.shape, weights.shape
    (torch.Size([2, 5, 3]), torch.Size([2, 5, 5]))
    """

    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self, x: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Let every position attend to the positions that the mask allows.

        Args:
            x: (B, T, d_model), of the parameters' dtype: float32, or what `.to(…)` has made of it
                (float16, bfloat16, float64). It need not be contiguous, and is not changed.
            mask: Boolean, True where position t may attend to position s. Any shape that
                broadcasts to (B, T, T), such as (T, T), (T, 1), or (B, 1, T) for padding. None
                allows every pair. It counts for this call alone, and is not changed.

        Returns:
            output: (B, T, d_v).
            weights: (B, T, T). Exactly 0 where the mask forbids. Every row sums to 1, except that
                a row with no allowed position has all its weights 0 and its output 0.

        This holds also where a forbidden score is near +1000, and where all allowed scores of a
        row are near −20000 and the forbidden ones are not; q · k, before the division, always fits
        into the dtype.

        Gradients of the output reach x and the parameters, and are finite also there,
        and where a row has no allowed position.
        """
        raise NotImplementedError
