"""The figures of the Lab: pure functions of their parameters, listed in `FIGURES`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from reference.analysis import attention_entropy, head_patterns
from reference.attention import scaled_dot_product_attention, softmax
from reference.masks import causal_mask, padding_mask
from reference.positions import position_shift_matrix, sinusoidal_encoding
from reference.sparse import block_sparse_mask, global_and_window_mask, sliding_window_mask

Value = bool | int | float | str

SENTENCE = ["The", "animal", "did", "not", "cross", "because", "it", "was", "tired"]
# The word that each word's query looks for: "it" is the animal.
SOUGHT = (1, 4, 4, 4, 1, 8, 1, 6, 1)
PULL = 3.0  # how far the score of the sought word stands above the others, in their own size
SCORES = (2.0, 1.0, 0.0, -1.0, -2.0)


@dataclass(frozen=True)
class Parameter:
    """`values` in the order in which the arrow keys go through them."""

    name: str
    says: str
    values: tuple[Value, ...]
    default: Value


@dataclass(frozen=True)
class Figure:
    """Numbers between `low` and `high`, row by row; a single row is drawn as bars."""

    title: str
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]
    low: float
    high: float
    caption: str


@dataclass(frozen=True)
class Entry:
    """A figure that can be asked for. `draw` takes the parameters by name."""

    name: str
    title: str
    draw: Callable[..., Figure]
    parameters: tuple[Parameter, ...]


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
        **_grid(weights),
        row_labels=SENTENCE,
        column_labels=SENTENCE,
        low=0.0,
        high=1.0,
        caption=f"Rows ask, columns answer; a row sums to 1. It spreads over {keys:.1f} words on"
        " average. The vectors are made up: random, with a pull towards one word each.",
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
        **_grid(weights),
        row_labels=_numbers(length),
        column_labels=_numbers(length),
        low=0.0,
        high=1.0,
        caption=f"Its query matrix turns each position by {offset:+d}. Mean weight: {mean}.",
    )


def positional_waves(length: int, width: int) -> Figure:
    longest = 2 * math.pi * 10_000 ** ((width - 2) / width)
    return Figure(
        title="Sinusoidal positions",
        **_grid(sinusoidal_encoding(length, width)),
        row_labels=_numbers(length),
        column_labels=_numbers(width),
        low=-1.0,
        high=1.0,
        caption="A row is one position, a column one feature. Sine and cosine take turns;"
        f" to the right the waves get longer, up to {longest:,.0f} tokens.",
    )


def position_similarity(length: int, width: int) -> Figure:
    encoding = sinusoidal_encoding(length, width)
    return Figure(
        title="Similarity of positions",
        **_grid(encoding @ encoding.mT / (width / 2)),
        row_labels=_numbers(length),
        column_labels=_numbers(length),
        low=-1.0,
        high=1.0,
        caption="Dot products of positions, divided by their squared length. They depend on the"
        " distance alone: every diagonal is constant.",
    )


def masks(kind: str, length: int, window: int) -> Figure:
    """`window` is also how many tokens of padding there are, and the width of a block."""
    patterns: dict[str, Callable[[], Tensor]] = {
        "causal": lambda: causal_mask(length),
        "padding": lambda: _padding(length, window),
        "window": lambda: sliding_window_mask(length, window),
        "global + window": lambda: global_and_window_mask(length, window, [0]),
        "block": lambda: _blocks(length, window),
    }
    mask = patterns[kind]()
    share = mask.float().mean().item()
    return Figure(
        title=f"Mask: {kind}",
        **_grid(mask.float()),
        row_labels=_numbers(length),
        column_labels=_numbers(length),
        low=0.0,
        high=1.0,
        caption=f"1: query (row) may attend to key (column). {share:.0%} of all pairs are allowed.",
    )


def softmax_temperature(temperature: float, offset: float) -> Figure:
    scores = torch.tensor(SCORES, dtype=torch.float64) + offset
    weights = softmax(scores / temperature)[None]  # one query
    keys = attention_entropy(weights).exp().item()
    return Figure(
        title="Softmax and its temperature",
        **_grid(weights),
        row_labels=["weight"],
        column_labels=[f"{score:g}" for score in scores.tolist()],
        low=0.0,
        high=1.0,
        caption=f"Scores on the left, divided by {temperature:g} before the softmax. The weight"
        f" spreads over {keys:.1f} keys: the exponential of its entropy, n for n equal weights."
        " An offset of all scores changes nothing.",
    )


def _padding(length: int, padded: int) -> Tensor:
    tokens = torch.ones(1, length, dtype=torch.long)
    tokens[0, length - padded :] = 0
    return padding_mask(tokens, 0)[0, 0].expand(length, length)


def _blocks(length: int, block: int) -> Tensor:
    """Blocks along the diagonal and the first column; the last ones may be cut."""
    count = -(-length // block)
    layout = torch.eye(count, dtype=torch.bool)
    layout[:, 0] = True
    return block_sparse_mask(layout, block)[:length, :length]


def _grid(values: Tensor) -> dict[str, Any]:
    # Four digits are more than a terminal shows. Digits, and not decimals: what is little is not 0.
    return {"rows": [[float(f"{value:.4g}") for value in row] for row in values.tolist()]}


def _numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


TEMPERATURE = Parameter(
    "temperature",
    "divides the scores",
    (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0),
    1.0,
)
LENGTH = Parameter("length", "number of tokens", (4, 6, 8, 10, 12, 16, 24, 32), 12)
WIDTH = Parameter("width", "features per token", (4, 8, 16, 24, 32, 48, 64), 16)

FIGURES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
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
        Entry(
            "softmax_temperature",
            "Softmax temperature",
            softmax_temperature,
            (
                TEMPERATURE,
                Parameter("offset", "added to every score", (-50.0, -5.0, 0.0, 5.0, 50.0), 0.0),
            ),
        ),
        Entry(
            "masks",
            "Masks",
            masks,
            (
                Parameter(
                    "kind",
                    "which pairs are allowed",
                    ("causal", "padding", "window", "global + window", "block"),
                    "causal",
                ),
                LENGTH,
                Parameter("window", "of window, block or padding", (1, 2, 3, 4), 3),
            ),
        ),
        Entry(
            "positional_waves",
            "Positional waves",
            positional_waves,
            (LENGTH, WIDTH),
        ),
        Entry(
            "position_similarity",
            "Similarity of positions",
            position_similarity,
            (LENGTH, WIDTH),
        ),
        Entry(
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
}
