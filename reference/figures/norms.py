"""Residual connections and norms: what becomes of gradients, and of a batch with padding."""

from __future__ import annotations

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from reference.figures.figure import Figure, FigureInfo, Parameter, grid, numbers
from reference.gradients import gradient_norms_by_depth, residual_gradient
from reference.norm import masked_batch_norm
from reference.training.specimen import load_specimen

DEPTHS = [1, 2, 4, 8, 12, 16, 24, 32]
WIDTH = 32
SEEDS = 5
FLOOR, CEILING = -6.0, 6.0  # powers of ten; what lies beyond is drawn at the edge
SENTENCES = ((0, 7), (1, 4))  # seed and number of words
FEATURES = 12
EDGE = 5.0  # the same at every setting, so that colours can be compared


def gradient_through_layers(strength: float) -> Figure:
    """Random Jacobians J whose entries have the variance strength² / width."""
    generator = torch.Generator().manual_seed(0)
    draw = torch.randn(DEPTHS[-1], WIDTH, WIDTH, generator=generator, dtype=torch.float64)
    jacobians = strength * draw / math.sqrt(WIDTH)
    sizes = torch.stack(
        [
            torch.stack([_size(residual_gradient(jacobians[:n], residual)) for n in DEPTHS])
            for residual in (False, True)
        ]
    )
    return Figure(
        title="What is left of a gradient",
        **grid(sizes.log10().clamp(FLOOR, CEILING)),
        row_labels=["J alone", "I + J"],
        column_labels=[str(depth) for depth in DEPTHS],
        low=FLOOR,
        high=CEILING,
        caption="Products of J and of I + J. Columns are the number of layers, values powers of"
        " ten: 0 is a gradient that keeps its length, −3 a thousandth of it. Each J by itself gives"
        f" back about {strength:g} times the length.",
    )


def _size(jacobian: Tensor) -> Tensor:
    """By how much it stretches vectors: the root of the mean square over all directions."""
    size: Tensor = jacobian.norm() / math.sqrt(WIDTH)
    return size


@cache
def _gradients(depth: int) -> Tensor:
    """(2, depth), the norm last and first."""
    return torch.stack(
        [
            torch.stack(
                [gradient_norms_by_depth(depth, WIDTH, first, seed) for seed in range(SEEDS)]
            ).mean(0)
            for first in (False, True)
        ]
    )


def norm_placement(depth: int) -> Figure:
    gradients = _gradients(depth)
    last, first = gradients[:, -1].tolist()
    return Figure(
        title="Gradients before training",
        **grid(gradients),
        row_labels=["norm last", "norm first"],
        column_labels=numbers(depth),
        low=0.0,
        high=math.ceil(10 * gradients.max().item()) / 10,
        caption="The norm of the gradient at each layer (column; layer 0 meets the input first), a"
        f" mean of {SEEDS} draws. At the last layer it is {last:.2f} with the norm last and"
        f" {first:.2f} with the norm first.",
    )


def normalised_batch(norm: str, padding: int) -> Figure:
    """Two sentences as the specimen's first layer meets them, the rest filled up with zeros."""
    embedded, mask, words = _padded_batch(padding)
    normalised = {
        "none": lambda: embedded,
        "layer": lambda: F.layer_norm(embedded, embedded.shape[-1:]),
        "batch": lambda: masked_batch_norm(embedded, torch.ones_like(mask)),
        "masked_batch": lambda: masked_batch_norm(embedded, mask),
    }[norm]()
    real = normalised[mask]  # (n, D)
    variance = real.var(0, correction=0).mean().item()
    says = {
        "none": "No norm: the vectors as they are.",
        "layer": "Layer norm: each row has its own mean and variance, over all its features."
        " Padding changes nothing.",
        "batch": "Batch norm over everything: each column has one mean and one variance, and the"
        " zeros of padding count as well.",
        "masked_batch": "Batch norm over the real tokens: padding changes nothing, but each"
        " sentence still depends on the other one.",
    }[norm]
    return Figure(
        title="One batch, normalised",
        **grid(real[:, :FEATURES]),
        row_labels=words,
        column_labels=numbers(FEATURES),
        low=-EDGE,
        high=EDGE,
        caption=f"{says} Rows are the real tokens of two sentences, columns the first {FEATURES}"
        f" of 64 features. Over the real tokens, the variance of a feature is {variance:.2f} on"
        " average.",
    )


def _padded_batch(padding: int) -> tuple[Tensor, Tensor, list[str]]:
    """Vectors (B, T, D), True where a token is real (B, T), and the real words."""
    specimen = load_specimen()
    said = [specimen.sentence(seed, count) for seed, count in SENTENCES]
    length = max(count for _, count in SENTENCES) + padding
    embedded = torch.zeros(len(said), length, specimen.model.config.d_model)
    mask = torch.zeros(len(said), length, dtype=torch.bool)
    for row, sentence in enumerate(said):
        count = len(sentence.words)
        tokens = specimen.model.embeddings(sentence.tokens[None])
        embedded[row, :count] = specimen.model.positions.add_to(tokens, 0)[0]
        mask[row, :count] = True
    return embedded, mask, [word for sentence in said for word in sentence.words]


FIGURES = (
    FigureInfo(
        "gradient_through_layers",
        "Gradients through layers",
        gradient_through_layers,
        (
            Parameter(
                "strength",
                "how much a layer gives back",
                (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.2),
                0.5,
            ),
        ),
    ),
    FigureInfo(
        "norm_placement",
        "Norm first or last",
        norm_placement,
        (Parameter("depth", "number of layers", (2, 4, 8, 12, 16, 24), 12),),
    ),
    FigureInfo(
        "normalised_batch",
        "A batch, normalised",
        normalised_batch,
        (
            Parameter(
                "norm",
                "whose mean and variance",
                ("none", "layer", "batch", "masked_batch"),
                "batch",
            ),
            Parameter("padding", "positions that are added", (0, 4, 8, 16), 4),
        ),
    ),
)
