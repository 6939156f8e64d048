"""Rotary positions: pairs of features are turned by an angle that grows with the position."""

from typing import Literal

import torch


def rotary_embedding(
    x: torch.Tensor,
    positions: torch.Tensor,
    theta: float = 10_000.0,
    layout: Literal["half", "interleaved"] = "half",
) -> torch.Tensor:
    """Turn queries, or keys, by their positions. (Values are left as they are.)

    The d features of a token make d/2 pairs. At position p, pair i = 0 … d/2 − 1 is turned by the
    angle φ = p · theta^(−2i/d), in radians: the pair (a, b) becomes

        (a · cos φ − b · sin φ,  b · cos φ + a · sin φ)

    The layout says which features are a pair:

        "half"           pair i is (feature i, feature i + d/2)
        "interleaved"    pair i is (feature 2i, feature 2i + 1)

    Every feature of the result stands where it stood in x. The dot product of a query and a key
    that were turned so depends on their positions only through the difference of the two.

    Args:
        x: (..., T, d), with any number of leading dimensions, such as (B, H, T, d) or (T, d). d is
            even. float16, bfloat16, float32 or float64. It need not be contiguous, and is not
            changed.
        positions: The position of each token, int64, from 0 to 10,000. (T), or any shape that
            broadcasts to x without its last dimension, such as (B, 1, T) where the sequences stand
            at different places. They need not begin at 0, and need not be in order.
        theta: Positive number from which the angles are made.
        layout: As above.

    Returns:
        The shape and dtype of x. Gradients reach x.

        Make angles, cosines and sines in float32 or float64, whatever the dtype of x: bfloat16
        cannot tell position 257 from 256. With x in float64, make them in float64. Whether half
        precision is turned in its own dtype or in float32 is up to you.

    Raises:
        ValueError: d is odd, or the layout is neither of the two.

    Source: Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding", section
    3.4, which has "interleaved"; "half" is the layout of GPT-NeoX and of Llama's weights in the
    transformers library.

    >>> x = torch.tensor([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    >>> positions = torch.tensor([0, 2])
    >>> rotary_embedding(x, positions, theta=100.0)
    tensor([[ 1.0000,  1.0000,  0.0000,  0.0000],
            [-0.4161,  0.9801,  0.9093,  0.1987]])
    >>> rotary_embedding(x, positions, theta=100.0, layout="interleaved")
    tensor([[ 1.0000,  1.0000,  0.0000,  0.0000],
            [-1.3254,  0.4932,  0.0000,  0.0000]])
    """
    d = x.size(-1)
    if d % 2:
        raise ValueError(f"Pairs of features need an even width, not {d}.")
    if layout not in ("half", "interleaved"):
        raise ValueError(f"The layout is 'half' or 'interleaved', not {layout!r}.")
    pair = torch.arange(d // 2, dtype=torch.float64, device=x.device)
    angles = positions[..., None] * theta ** (-2 * pair / d)  # (..., T, d/2)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    if layout == "half":
        a, b = x[..., : d // 2], x[..., d // 2 :]
        return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, b * cos + a * sin), dim=-1).flatten(-2)
