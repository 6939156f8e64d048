"""Weights of attention, and the softmax that makes them."""

from __future__ import annotations

import torch

from reference.analysis import attention_entropy
from reference.attention import scaled_dot_product_attention, softmax
from reference.figures.figure import TEMPERATURE, Figure, FigureInfo, Parameter, grid

SENTENCE = ["The", "animal", "did", "not", "cross", "because", "it", "was", "tired"]
# The word that each word's query looks for: "it" is the animal.
SOUGHT = (1, 4, 4, 4, 1, 8, 1, 6, 1)
PULL = 3.0  # how far the score of the sought word stands above the others, in their own size
SCORES = (2.0, 1.0, 0.0, -1.0, -2.0)


def attention_weights(scaled: bool, causal: bool, temperature: float, width: int) -> Figure:
    """Each query is a random vector with a pull towards the key of one word."""
    T = len(SENTENCE)
    generator = torch.Generator().manual_seed(4)
    k = torch.randn(T, width, generator=generator)
    noise = torch.randn(T, width, generator=generator)
    q = noise + PULL / width**0.5 * k[list(SOUGHT)]
    scale = (width**-0.5 if scaled else 1.0) / temperature
    _, weights = scaled_dot_product_attention(q, k, k, causal=causal, scale=scale)
    keys = attention_entropy(weights).exp().mean().item()
    return Figure(
        title="Attention weights of a sentence",
        **grid(weights),
        row_labels=SENTENCE,
        column_labels=SENTENCE,
        low=0.0,
        high=1.0,
        caption=f"Rows ask, columns answer; a row sums to 1. It spreads over {keys:.1f} words on"
        " average. The vectors are made up: random, with a pull towards one word each.",
    )


def softmax_temperature(temperature: float, offset: float) -> Figure:
    scores = torch.tensor(SCORES, dtype=torch.float64) + offset
    weights = softmax(scores / temperature)[None]  # one query
    keys = attention_entropy(weights).exp().item()
    return Figure(
        title="Softmax and its temperature",
        **grid(weights),
        row_labels=["weight"],
        column_labels=[f"{score:g}" for score in scores.tolist()],
        low=0.0,
        high=1.0,
        caption=f"Scores on the left, divided by {temperature:g} before the softmax. The weight"
        f" spreads over {keys:.1f} keys: the exponential of its entropy, n for n equal weights."
        " An offset of all scores changes nothing.",
    )


FIGURES = (
    FigureInfo(
        "attention_weights",
        "Attention weights",
        attention_weights,
        (
            Parameter("scaled", "divide the scores by √d", (False, True), True),
            Parameter("causal", "hide the words to the right", (False, True), False),
            TEMPERATURE,
            Parameter("width", "d, the width of a key", (4, 16, 64, 256), 64),
        ),
    ),
    FigureInfo(
        "softmax_temperature",
        "Softmax temperature",
        softmax_temperature,
        (
            TEMPERATURE,
            Parameter("offset", "added to every score", (-50.0, -5.0, 0.0, 5.0, 50.0), 0.0),
        ),
    ),
)
