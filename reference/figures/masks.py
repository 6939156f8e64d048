"""Who may attend to whom."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from reference.figures.figure import LENGTH, Figure, FigureInfo, Parameter, grid, numbers
from reference.masks import causal_mask, padding_mask
from reference.sparse import block_sparse_mask, global_and_window_mask, sliding_window_mask


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
        **grid(mask.float()),
        row_labels=numbers(length),
        column_labels=numbers(length),
        low=0.0,
        high=1.0,
        caption=f"1: query (row) may attend to key (column). {share:.0%} of all pairs are allowed.",
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


FIGURES = (
    FigureInfo(
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
)
