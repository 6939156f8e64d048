"""Positional encoding: a layer that adds the sinusoids to a batch of sequences."""

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    """Add to each vector the sinusoidal encoding of its position, then apply dropout.

    The first token of every sequence has position 0. The encoding at position p is

        PE[p, 2i]     = sin(p / 10000^(2i/D))
        PE[p, 2i + 1] = cos(p / 10000^(2i/D))

    with D for d_model; where D is odd, the last column is a sine. `sinusoidal_encoding` of this
    chapter makes that table, and you may import yours.

    Args:
        d_model: Width D of the vectors, at least 1.
        dropout: Probability with which each entry of the sum is set to 0 in training, from 0 up to
            but without 1. The other entries are divided by 1 − dropout, as in nn.Dropout.
        max_len: The longest sequence that the layer takes, at least 1.

    The layer has no parameters: nothing here is trained. The table is a buffer called `encoding`,
    of shape (max_len, d_model). It is float32 at first and follows `.to(…)` like any buffer.
    Whether it is saved in the `state_dict` is up to you.

    Source: Vaswani et al. 2017, "Attention Is All You Need", sections 3.5 (the table) and 5.4 (the
    dropout).

    >>> layer = PositionalEncoding(d_model=4, max_len=10)
    >>> layer(torch.zeros(1, 2, 4))
    tensor([[[0.0000, 1.0000, 0.0000, 1.0000],
             [0.8415, 0.5403, 0.0100, 0.9999]]])
    >>> list(layer.parameters())
    []
    >>> {name: tuple(buffer.shape) for name, buffer in layer.named_buffers()}
    {'encoding': (10, 4)}
    """

    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        positions = torch.arange(max_len).unsqueeze(1)  # (max_len, 1)
        angles = positions / 10000.0 ** (torch.arange(0, d_model, 2) / d_model)  # (max_len, ⌈D/2⌉)
        table = torch.zeros(max_len, d_model)
        table[:, 0::2] = angles.sin()
        table[:, 1::2] = angles[:, : d_model // 2].cos()
        self.register_buffer("encoding", table)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the positions 0 … T − 1.

        Args:
            x: (B, T, D), of the dtype to which the layer was moved: float32, or what `.to(…)` has
                made of it (float16, bfloat16, float64). It need not be contiguous, and is not
                changed.

        Returns:
            (B, T, D), of the dtype of x. The encoding at position p may be off by (p + 1) · 1e-6,
            in float64 too, and in float16 and bfloat16 by their rounding. In training mode with a
            dropout above 0, each entry is dropped or kept by itself, and each call draws anew.
            After `eval()` nothing is dropped. Gradients reach x.

        Raises:
            ValueError: T is larger than max_len.
        """
        length = x.size(1)
        if length > self.encoding.size(0):
            raise ValueError(f"{length} positions are more than max_len = {self.encoding.size(0)}.")
        return self.dropout(x + self.encoding[:length])
