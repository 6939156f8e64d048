"""Sinusoidal encoding: a row of waves for each position."""

import torch


def sinusoidal_encoding(length: int, d_model: int) -> torch.Tensor:
    """Give each of the positions 0 … length − 1 a row of sines and cosines.

    With p for the position and D for d_model, pair i of the features is

        PE[p, 2i]     = sin(p / 10000^(2i/D))
        PE[p, 2i + 1] = cos(p / 10000^(2i/D))

    so sines and cosines take turns. Angles are in radians. Where D is odd, the last column is a
    sine by the first line, and its cosine is left out; D is then the odd number in the exponent,
    too.

    Args:
        length: Number of positions T, at least 1.
        d_model: Width D, at least 1.

    Returns:
        (T, D), float32. The angles may be computed in float32 or in float64: an entry at position p
        may be off by (p + 1) · 1e-6.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.5.

    >>> sinusoidal_encoding(3, 4)
    tensor([[ 0.0000,  1.0000,  0.0000,  1.0000],
            [ 0.8415,  0.5403,  0.0100,  0.9999],
            [ 0.9093, -0.4161,  0.0200,  0.9998]])
    >>> sinusoidal_encoding(2, 3)[1]
    tensor([0.8415, 0.5403, 0.0022])
    """
    positions = torch.arange(length).unsqueeze(1)  # (T, 1)
    angles = positions / 10000.0 ** (torch.arange(0, d_model, 2) / d_model)  # (T, ⌈D/2⌉)
    encoding = torch.zeros(length, d_model)
    encoding[:, 0::2] = angles.sin()
    encoding[:, 1::2] = angles[:, : d_model // 2].cos()
    return encoding
