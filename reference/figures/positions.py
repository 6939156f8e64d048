"""Positions: their encoding, and what a head can do with it."""

from __future__ import annotations

import math

from reference.analysis import head_patterns
from reference.attention import scaled_dot_product_attention
from reference.figures.figure import LENGTH, Figure, FigureInfo, Parameter, grid, numbers
from reference.positions import position_shift_matrix, sinusoidal_encoding

WIDTH = Parameter("width", "features per token", (4, 8, 16, 24, 32, 48, 64), 16)


def positional_waves(length: int, width: int) -> Figure:
    longest = 2 * math.pi * 10_000 ** ((width - 2) / width)
    return Figure(
        title="Sinusoidal positions",
        **grid(sinusoidal_encoding(length, width)),
        row_labels=numbers(length),
        column_labels=numbers(width),
        low=-1.0,
        high=1.0,
        caption="A row is one position, a column one feature. Sine and cosine take turns;"
        f" to the right the waves get longer, up to {longest:,.0f} tokens.",
    )


def position_similarity(length: int, width: int) -> Figure:
    encoding = sinusoidal_encoding(length, width)
    return Figure(
        title="Similarity of positions",
        **grid(encoding @ encoding.mT / (width / 2)),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=-1.0,
        high=1.0,
        caption="Dot products of positions, divided by their squared length. They depend on the"
        " distance alone: every diagonal is constant.",
    )


def positional_head(offset: int, sharpness: float, length: int) -> Figure:
    """Queries are the positions turned by `offset`: what a head can learn from sinusoids alone."""
    width = 32
    k = sinusoidal_encoding(length, width)
    q = k @ position_shift_matrix(offset, width).mT
    _, weights = scaled_dot_product_attention(q, k, k, scale=sharpness / width**0.5)
    patterns = head_patterns(weights[None])
    mean = ", ".join(f"{name} {value.item():.2f}" for name, value in patterns._asdict().items())
    return Figure(
        title="A head that looks to one side",
        **grid(weights),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=0.0,
        high=1.0,
        caption=f"Its query matrix turns each position by {offset:+d}. Mean weight: {mean}.",
    )


FIGURES = (
    FigureInfo(
        "positional_waves",
        "Positional waves",
        positional_waves,
        (LENGTH, WIDTH),
    ),
    FigureInfo(
        "position_similarity",
        "Similarity of positions",
        position_similarity,
        (LENGTH, WIDTH),
    ),
    FigureInfo(
        "positional_head",
        "Head patterns",
        positional_head,
        (
            Parameter("offset", "where the head looks", (-3, -2, -1, 0, 1, 2, 3), -1),
            Parameter("sharpness", "length of its queries", (0.5, 1.0, 2.0, 4.0, 8.0), 4.0),
            LENGTH,
        ),
    ),
)
