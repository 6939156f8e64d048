"""Sparse attention patterns, as masks: True where a query (row) may attend to a key (column).

The three functions give boolean tensors. A mask alone saves no work. It says which pattern is
meant, and kernels that leave out what is False save the work.
"""

from collections.abc import Sequence

import torch


def sliding_window_mask(length: int, window: int, causal: bool = True) -> torch.Tensor:
    """Let each query see the positions that are less than `window` away from it.

    The distance of two positions is the number of steps between them, |t − s|, so a query is at
    distance 0 from itself. A causal query sees `window` positions at most, itself included. One
    that is not causal sees 2·window − 1 at most.

    Args:
        length: Number T of positions, at least 1.
        window: At least 1. It may be larger than `length`.
        causal: Whether positions to the right of the query (s > t) are hidden.

    Returns:
        (T, T), boolean: row t says where query t may look.

    Raises:
        ValueError: window is below 1, so that a query could not see itself.

    Source: Jiang et al. 2023, "Mistral 7B", section 2, for causal windows; Beltagy et al. 2020,
    "Longformer: The Long-Document Transformer", section 3.1.

    >>> sliding_window_mask(4, 2).int()
    tensor([[1, 0, 0, 0],
            [1, 1, 0, 0],
            [0, 1, 1, 0],
            [0, 0, 1, 1]], dtype=torch.int32)
    >>> sliding_window_mask(4, 2, causal=False).sum().item()
    10
    """
    raise NotImplementedError


def global_and_window_mask(
    length: int, window: int, global_positions: Sequence[int]
) -> torch.Tensor:
    """Let queries see a window around them, and all that is global.

    The window is that of `sliding_window_mask` without causality. A global position sees every
    position, and every position sees it. Nothing is causal.

    Args:
        length: Number T of positions, at least 1.
        window: At least 1.
        global_positions: Positions from 0 to T − 1: a list or a tuple, in any order, perhaps empty,
            perhaps with a position twice.

    Returns:
        (T, T), boolean.

    Raises:
        ValueError: window is below 1.

    Source: Beltagy et al. 2020, "Longformer: The Long-Document Transformer", section 3.1.

    >>> global_and_window_mask(5, 1, [3]).int()
    tensor([[1, 0, 0, 1, 0],
            [0, 1, 0, 1, 0],
            [0, 0, 1, 1, 0],
            [1, 1, 1, 1, 1],
            [0, 0, 0, 1, 1]], dtype=torch.int32)
    """
    raise NotImplementedError


def block_sparse_mask(layout: torch.Tensor, block: int) -> torch.Tensor:
    """Stretch every cell of a layout into a square of block × block positions.

    The layout says which blocks of queries may see which blocks of keys. Query t belongs to the
    block of queries t // block, and key s to the block of keys s // block.

    Args:
        layout: Boolean, (n, m) or (..., n, m) with any number of leading dimensions, such as (H, n,
            m) for layouts of H heads. It need not be contiguous, and is not changed.
        block: Width of a block, at least 1.

    Returns:
        (..., n·block, m·block), boolean.

    Source: Child et al. 2019, "Generating Long Sequences with Sparse Transformers"; Zaheer et al.
    2020, "Big Bird: Transformers for Longer Sequences".

    >>> block_sparse_mask(torch.tensor([[True, False], [True, True]]), 2).int()
    tensor([[1, 1, 0, 0],
            [1, 1, 0, 0],
            [1, 1, 1, 1],
            [1, 1, 1, 1]], dtype=torch.int32)
    """
    raise NotImplementedError
