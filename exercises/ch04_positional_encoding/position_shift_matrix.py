"""The shift matrix: moving along the sequence is a rotation of every pair of waves."""

import math

import torch


def position_shift_matrix(offset: int, d_model: int) -> torch.Tensor:
    """Find the matrix M with PE(p + offset) = M · PE(p) for every position p.

    PE(p) is the column vector (D) that sinusoidal encoding gives to position p, with D for d_model:
    entry 2i is sin(p · ω_i) and entry 2i + 1 is cos(p · ω_i), where ω_i = 10000^(−2i/D) radians per
    token. M depends on the offset and not on p. It holds one 2 × 2 block for each pair of features,
    in the rows and columns 2i and 2i + 1, and is 0 everywhere else.

    Args:
        offset: How many tokens further on, any whole number: 0 and negative ones too.
        d_model: Width D, even and at least 2.

    Returns:
        M (D, D), float32. The angles may be computed in float32 or in float64: an entry may be off
        by (|offset| + 1) · 1e-6.

    Raises:
        ValueError: d_model is odd. The last sine then lacks the cosine that a rotation needs.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.5.

    >>> position_shift_matrix(1, 2)
    tensor([[ 0.5403,  0.8415],
            [-0.8415,  0.5403]])
    >>> five = torch.tensor(5.0)
    >>> position_shift_matrix(2, 2) @ torch.stack([five.sin(), five.cos()])  # sin 7 and cos 7
    tensor([0.6570, 0.7539])
    """
    raise NotImplementedError
