"""The multi-head attention layer, as every Transformer has it."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    """Project, split into heads, attend, merge, project.

    Queries, keys and values are linear maps of three tensors. Each is cut into n_heads heads of
    width d = d_model / n_heads, where head h takes the features h·d to (h + 1)·d − 1. Every head
    computes softmax(q kᵀ / √d) v. The results stand side by side again, head 0 first, and go
    through the output projection. torch's own multi-head attention is off limits.

    Args:
        d_model: Width D of the three inputs and of the output.
        n_heads: Number H of heads, at least 1.
        dropout: Probability p, 0 ≤ p < 1, with which each attention weight is dropped on its way to
            the values: set to 0, on its own, and anew in every call. The others are divided by
            1 − p. This happens after the softmax, in training mode only.
        bias: Whether each of the four projections adds a bias.

    Raises:
        ValueError: d_model is not a multiple of n_heads.

    Parameters, by these names and no others:
        w_q.weight, w_k.weight, w_v.weight, w_o.weight, each (D, D);
        with bias=True also w_q.bias, w_k.bias, w_v.bias, w_o.bias, each (D).
        A weight maps x to x Wᵀ, as in nn.Linear. Initialise them as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2.

    >>> layer = MultiHeadAttention(d_model=6, n_heads=3, bias=False)
    >>> sorted((name, tuple(p.shape)) for name, p in layer.named_parameters())
    [('w_k.weight', (6, 6)), ('w_o.weight', (6, 6)), ('w_q.weight', (6, 6)), ('w_v.weight', (6, 6))]
    >>> output, weights = layer(torch.ones(2, 4, 6), torch.ones(2, 5, 6), torch.ones(2, 5, 6))
    >>> output.shape, weights.shape
    (torch.Size([2, 4, 6]), torch.Size([2, 3, 4, 5]))
    """

    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Let every query attend, in every head, to the keys that the mask allows.

        Args:
            query: (B, T, D), of the parameters' dtype: float32, or what `.to(…)` has made of it
                (float16, bfloat16, float64).
            key: (B, S, D), of the same dtype.
            value: (B, S, D), of the same dtype. Query, key and value may be three different
                tensors; they need not be contiguous, and are not changed.
            mask: Boolean, True where a query may attend to a key. Any shape of two to four
                dimensions that broadcasts to (B, H, T, S), such as (T, S), (B, 1, 1, S) or
                (B, H, T, S). None allows every pair.
                It counts for this call alone, and is not changed.

        Returns:
            output: (B, T, D). A head whose row of the mask allows nothing contributes 0; where all
                of a token's rows are so, its output is the bias of w_o alone (0 without one).
            weights: (B, H, T, S), of each head, as they are before dropout. Exactly 0 where the
                mask forbids. Every row sums to 1, except that a row that allows nothing is all 0.

        Gradients of the output reach query, key, value and the parameters, and are finite also
        where a row allows nothing or a forbidden score is large.
        """
        raise NotImplementedError
