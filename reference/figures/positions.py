"""Positions: their encoding, and what a head can do with it."""

from __future__ import annotations

import math

import torch.nn.functional as F

from reference.analysis import head_patterns
from reference.attention import scaled_dot_product_attention
from reference.figures.figure import LENGTH, Figure, FigureInfo, Parameter, grid, numbers
from reference.positions import (
    LearnedPositionalEmbedding,
    position_shift_matrix,
    sinusoidal_encoding,
)
from reference.relative_positions import relative_position_bucket, relative_positions
from reference.training.specimen import load_specimen

DISTANCES = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]
LENGTH_OF_LEARNED = Parameter("length", "number of positions", (8, 16, 24, 32, 40, 48), 48)
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


def similarity_by_distance(width: int) -> Figure:
    encoding = sinusoidal_encoding(DISTANCES[-1] + 1, width)
    return Figure(
        title="Similarity of positions by distance",
        **grid(encoding[:1] @ encoding[DISTANCES].mT / (width / 2)),
        row_labels=["similarity"],
        column_labels=[str(distance) for distance in DISTANCES],
        low=-1.0,
        high=1.0,
        caption="The dot product of two positions that are so many tokens apart, divided by their"
        f" squared length: the mean of {width // 2} cosines.",
    )


def learned_positions(length: int) -> Figure:
    absolute = load_specimen().model.positions.absolute
    assert isinstance(absolute, LearnedPositionalEmbedding)
    rows = F.normalize(absolute.embedding.weight[:length], dim=-1)
    return Figure(
        title="Positions that a model has learned",
        **grid((rows @ rows.mT).clamp(-1.0, 1.0)),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=-1.0,
        high=1.0,
        caption="Cosines between the specimen's position vectors. Neighbours came out alike, though"
        " nothing asked for it. Training never reached position 47.",
    )


def distance_buckets(buckets: int, max_distance: int, length: int) -> Figure:
    bucket = relative_position_bucket(relative_positions(length), True, buckets, max_distance)
    return Figure(
        title="Buckets of distances",
        **grid(bucket),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=0.0,
        high=buckets - 1.0,
        caption="The bucket of each key (column) for each query (row). Distances below"
        f" {buckets // 4} have a bucket each; keys to the right start at {buckets // 2}.",
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
        "similarity_by_distance",
        "Similarity by distance",
        similarity_by_distance,
        (WIDTH,),
    ),
    FigureInfo(
        "learned_positions",
        "Learned positions",
        learned_positions,
        (LENGTH_OF_LEARNED,),
    ),
    FigureInfo(
        "distance_buckets",
        "Buckets of distances",
        distance_buckets,
        (
            Parameter("buckets", "on both sides together", (8, 16, 32), 16),
            Parameter("max_distance", "by then the last one has begun", (12, 16, 32, 64, 128), 16),
            LENGTH,
        ),
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
