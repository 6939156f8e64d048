"""Cross-attention: what the decoder reads of the encoder's output."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    """Let every target token look at the source, in several heads.

    The encoder's output is called the memory. Queries are a linear map of x, the decoder's vectors;
    keys and values are two linear maps of the memory. Each is cut into n_heads heads of width
    d = d_model / n_heads, where head h takes the features h·d to (h + 1)·d − 1. Every head computes
    softmax(q kᵀ / √d) v. The results stand side by side again, head 0 first, and go through the
    output projection w_o. There is no residual connection, norm or dropout: these are the layer's.

    torch's own multi-head attention is off limits. `F.scaled_dot_product_attention` is not, but it
    keeps the weights to itself.

    Args:
        d_model: Width D of x, of the memory and of the output.
        n_heads: Number H of heads, at least 1.

    Raises:
        ValueError: d_model is not a multiple of n_heads.

    Parameters, by these names and no others:
        w_q.weight, w_k.weight, w_v.weight, w_o.weight, each (D, D);
        w_q.bias, w_k.bias, w_v.bias, w_o.bias, each (D).
        A weight maps x to x Wᵀ, as in nn.Linear. Initialise them as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3.

    >>> layer = CrossAttention(d_model=6, n_heads=3)
    >>> output, weights = layer(torch.ones(2, 4, 6), torch.ones(2, 5, 6))
    >>> output.shape, weights.shape
    (torch.Size([2, 4, 6]), torch.Size([2, 3, 4, 5]))
    >>> sum(p.numel() for p in layer.parameters())
    168
    """

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self, x: torch.Tensor, memory: torch.Tensor, memory_mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Let every token of x attend to the tokens of the memory that the mask allows.

        Args:
            x: (B, T, D), of the parameters' dtype: float32, or what `.to(…)` has made of it
                (float16, bfloat16, float64).
            memory: (B, S, D), of the same dtype. S may be smaller than T, equal or larger. Both
                need not be contiguous, and are not changed.
            memory_mask: Boolean, True where a query may attend to a token of the memory. Any shape
                of two to four dimensions that broadcasts to (B, H, T, S), such as (B, 1, 1, S),
                which hides the padding of the source, or (T, S). None allows every pair. It counts
                for this call alone, and is not changed.

        Returns:
            output: (B, T, D). A head whose row of the mask allows nothing contributes 0; where all
                of a token's rows are so, its output is the bias of w_o alone.
            weights: (B, H, T, S), of each head. Exactly 0 where the mask forbids. Every row sums to
                1, except that a row that allows nothing is all 0.
            Both have the dtype of x.

        Gradients of the output reach x, memory and the parameters, and are finite also where a row
        allows nothing.
        """
        raise NotImplementedError
