"""The position-wise feed-forward network."""

import torch
from torch import nn


class FeedForward(nn.Module):
    """Widen each token's vector, set what is negative to 0, and narrow it again.

    For each token x on its own, the layer computes

        max(x W₁ᵀ + b₁, 0) W₂ᵀ + b₂

    with dropout of the hidden values, after the max and before W₂. There is no residual
    connection and no norm: these come with chapter 6.

    Args:
        d_model: Width D of the vectors that go in and come out, at least 1.
        d_ff: Number F of hidden values, at least 1; 4 · d_model when it is None.
        dropout: Probability with which each hidden value is set to 0 in training, from 0 up to but
            without 1. The others are divided by 1 − dropout, as in nn.Dropout.

    Parameters, by these names and no others, all of them trained:
        linear1.weight (F, D) and linear1.bias (F): W₁ and b₁.
        linear2.weight (D, F) and linear2.bias (D): W₂ and b₂.
        Initialise them as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.3.

    >>> layer = FeedForward(d_model=2)
    >>> sorted((name, tuple(p.shape)) for name, p in layer.named_parameters())[:2]
    [('linear1.bias', (8,)), ('linear1.weight', (8, 2))]
    >>> layer = FeedForward(d_model=2, d_ff=2)
    >>> _ = layer.load_state_dict({
    ...     "linear1.weight": torch.tensor([[1.0, 0.0], [0.0, 1.0]]),
    ...     "linear1.bias": torch.tensor([0.0, -1.0]),
    ...     "linear2.weight": torch.tensor([[1.0, 0.0], [0.0, 10.0]]),
    ...     "linear2.bias": torch.tensor([0.5, 0.5]),
    ... })
    >>> layer(torch.tensor([[-3.0, 4.0], [2.0, 0.0]])).detach()
    tensor([[ 0.5000, 30.5000],
            [ 2.5000,  0.5000]])
    """

    def __init__(self, d_model: int, d_ff: int | None = None, dropout: float = 0.0) -> None:
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the same network to each token.

        Args:
            x: (..., D), with any number of leading dimensions: (D), (T, D), (B, T, D) and more. Of
                the parameters' dtype: float32, or what `.to(…)` has made of it (float16, bfloat16,
                float64). It need not be contiguous, and is not changed.

        Returns:
            (..., D), of the shape and dtype of x. In training mode with a dropout above 0, each
            hidden value of each token is dropped or kept by itself, and each call draws anew.
            After `eval()` nothing is dropped. Gradients reach x and all parameters; where a hidden
            value is exactly 0 before the max, its gradient is not asked for.
        """
        hidden = torch.relu(self.linear1(x))  # (..., F)
        return self.linear2(self.dropout(hidden))
