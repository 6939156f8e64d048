"""Variants of the Transformer: positions inside attention, sparse masks, and costs by length."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from reference.costs import attention_cost
from reference.figures.figure import LENGTH, Figure, FigureInfo, Parameter, grid, numbers
from reference.relative_positions import alibi_bias, alibi_slopes
from reference.rotary import rotary_embedding
from reference.sparse import global_and_window_mask, sliding_window_mask

HEAD_WIDTH = 128
FEATURES = 256  # keys of a window, mixtures, random features, or keys of a tile
LENGTHS = [256, 1_024, 4_096, 16_384, 65_536]
ROTARY_WIDTH = 8


@dataclass(frozen=True)
class Cost:
    """Of one head over n tokens: operations, and the numbers in the largest tensor."""

    operations: Callable[[int], int]
    memory: Callable[[int], int]


def _exact(n: int) -> int:
    return attention_cost(n, HEAD_WIDTH).flops


def _linear(n: int) -> int:
    """Four products of n × FEATURES × HEAD_WIDTH, at two operations each."""
    return 8 * n * FEATURES * HEAD_WIDTH


COSTS = {
    "full": Cost(_exact, lambda n: n * max(n, HEAD_WIDTH)),
    "tiles": Cost(_exact, lambda n: n * FEATURES),
    "Linformer": Cost(_linear, lambda n: n * FEATURES),
    "Performer": Cost(_linear, lambda n: n * FEATURES),
}


def cost_by_length(kind: str) -> Figure:
    rows = [
        [math.log10(getattr(cost, kind)(n)) for n in LENGTHS]  # operations or memory
        for cost in COSTS.values()
    ]
    what = {
        "operations": "Operations (FLOPs) of the forward pass",
        "memory": "Numbers in the largest tensor",
    }[kind]
    return Figure(
        title=f"What one head costs: {kind}",
        **grid(torch.tensor(rows)),
        row_labels=list(COSTS),
        column_labels=[f"{n:,}" for n in LENGTHS],
        low=4.0,
        high=13.0,
        caption=f"{what} as powers of ten, for lengths from left to right. The head is"
        f" {HEAD_WIDTH} wide; tiles have {FEATURES} keys, the others {FEATURES} mixtures or"
        " features. Four times the length adds .6 where a cost is linear, 1.2 where it is square.",
    )


def rotary_pair(pair: int, theta: float) -> Figure:
    """The two features of one pair, (1, 0) at position 0, at the positions that follow."""
    length = 24
    x = torch.zeros(length, ROTARY_WIDTH)
    x[:, 2 * pair] = 1.0
    turned = rotary_embedding(x, torch.arange(length), theta, layout="interleaved")
    turn = theta ** (-2 * pair / ROTARY_WIDTH)
    return Figure(
        title=f"A pair of features, turned by its position: pair {pair}",
        **grid(turned[:, 2 * pair : 2 * pair + 2].T),
        row_labels=["first", "second"],
        column_labels=numbers(length),
        low=-1.0,
        high=1.0,
        caption=f"Columns are positions. From one to the next, pair {pair} of"
        f" {ROTARY_WIDTH // 2} turns by {turn:.3g} radians: a whole turn takes"
        f" {2 * math.pi / turn:,.0f} tokens.",
    )


def rotary_scores(theta: float, length: int) -> Figure:
    """Scores between copies of one query and one key, turned by their positions."""
    width = 32
    content = torch.ones(length, width) / math.sqrt(width)
    turned = rotary_embedding(content, torch.arange(length), theta)
    scores = turned @ turned.mT
    return Figure(
        title="Scores of rotary positions",
        **grid(scores),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=-1.0,
        high=1.0,
        caption="Every token has the same query and the same key, so only positions count. Each"
        " diagonal is constant: a score depends on the distance alone. One step away it is"
        f" {scores[1, 0]:.2f}.",
    )


def alibi(heads: int, head: int, length: int) -> Figure:
    slope = alibi_slopes(heads)[head].item()
    return Figure(
        title=f"ALiBi: bias of head {head} of {heads}",
        **grid(alibi_bias(heads, length)[head]),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=-float(length),
        high=0.0,
        caption=f"Added to the scores. Each step away costs {slope:.3g}, so that with equal scores"
        f" a key ten steps away has {math.exp(-10 * slope):.2g} of the weight of the own one.",
    )


def mask_reach(kind: str, window: int, layers: int) -> Figure:
    """From which positions each one has heard after some layers with the same mask."""
    length = 16
    mask = {
        "causal window": lambda: sliding_window_mask(length, window),
        "window": lambda: sliding_window_mask(length, window, causal=False),
        "global + window": lambda: global_and_window_mask(length, window, [0]),
    }[kind]().float()
    heard = torch.linalg.matrix_power(mask, layers) > 0
    return Figure(
        title=f"What has arrived after {layers} layers: {kind}",
        **grid(heard.float()),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=0.0,
        high=1.0,
        caption="1: what stood at the column's position can have reached the row's. The last"
        f" position has heard of {int(heard[-1].sum())} of {length}.",
    )


THETA = Parameter("theta", "base of the angles", (100.0, 1_000.0, 10_000.0, 500_000.0), 10_000.0)

FIGURES = (
    FigureInfo(
        "mask_reach",
        "Sparse masks, layer by layer",
        mask_reach,
        (
            Parameter(
                "kind",
                "which keys a query sees",
                ("causal window", "window", "global + window"),
                "causal window",
            ),
            Parameter("window", "a key less far away is seen", (2, 3, 4), 3),
            Parameter("layers", "with the same mask", (1, 2, 3, 4, 5), 2),
        ),
    ),
    FigureInfo(
        "rotary_pair",
        "A pair of features, turned by its position",
        rotary_pair,
        (Parameter("pair", f"of {ROTARY_WIDTH // 2}, counted from 0", (0, 1, 2, 3), 1), THETA),
    ),
    FigureInfo("rotary_scores", "Scores of rotary positions", rotary_scores, (THETA, LENGTH)),
    FigureInfo(
        "alibi_bias",
        "ALiBi",
        alibi,
        (
            Parameter("heads", "number of heads", (4, 6, 8, 16), 8),
            Parameter("head", "counted from 0", (0, 1, 2, 3), 0),
            LENGTH,
        ),
    ),
    FigureInfo(
        "cost_by_length",
        "Costs by length",
        cost_by_length,
        (
            Parameter(
                "kind", "operations or largest tensor", ("operations", "memory"), "operations"
            ),
        ),
    ),
)
