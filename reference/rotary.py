"""Rotary positions: queries and keys are turned by their position, so scores see only distances.

Source: Su et al., "RoFormer" (2021), section 3.4.2. Two layouts of the pairs that are turned
together are in use. "interleaved" pairs features (0, 1), (2, 3), …, as the paper does; "half" pairs
(0, d/2), (1, d/2 + 1), …, as Llama's weights in the `transformers` package expect. The models here
use "half"; `convert_rope_layout` brings weights from one to the other.
"""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

RotaryLayout = Literal["half", "interleaved"]


class Rotation(NamedTuple):
    """Cosines and sines of every position's angles, (..., T, d/2) each."""

    cos: Tensor
    sin: Tensor


def rotation(
    positions: Int[Tensor, "*batch T"],
    d: int,
    theta: float = 10_000.0,
    dtype: torch.dtype = torch.float32,
) -> Rotation:
    """Position p turns pair i of d/2 by p · theta^(−2i/d) radians.

    Raises:
        ValueError: if d is odd.
    """
    if d % 2:
        raise ValueError(f"Rotary positions turn pairs of features, so d must be even, not {d}.")
    # Angles reach the hundreds of thousands, where only float64 still tells neighbours apart.
    pairs = torch.arange(0, d, 2, dtype=torch.float64, device=positions.device)
    angles = positions[..., None] * theta ** (-pairs / d)  # (..., T, d/2)
    return Rotation(angles.cos().to(dtype), angles.sin().to(dtype))


def rotate(
    x: Float[Tensor, "*batch T d"], by: Rotation, layout: RotaryLayout = "half"
) -> Float[Tensor, "*batch T d"]:
    """Turn each pair of features: (a, b) becomes (a cos − b sin, b cos + a sin)."""
    cos, sin = by.cos.to(x.dtype), by.sin.to(x.dtype)
    if layout == "half":
        a, b = x.chunk(2, dim=-1)  # (..., T, d/2) each
        return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, b * cos + a * sin), dim=-1).flatten(-2)


def rotary_embedding(
    x: Float[Tensor, "*batch T d"],
    positions: Int[Tensor, "*#batch T"],
    theta: float = 10_000.0,
    layout: RotaryLayout = "half",
) -> Float[Tensor, "*batch T d"]:
    """Queries or keys, turned by their positions. Values are left as they are.

    Args:
        x: queries or keys.
        positions: of each token; the first may be beyond 0, as in decoding with a cache.
        theta: base of the wavelengths, 2π to 2π · theta tokens.
        layout: which features form a pair.
    """
    return rotate(x, rotation(positions, x.size(-1), theta, x.dtype), layout)
