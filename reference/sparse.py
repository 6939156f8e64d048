"""Attention that looks at fewer places, as masks: True = may attend, as everywhere.

A mask alone saves no work: it says which pattern is meant, and kernels that skip blocks save it.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool
from torch import Tensor


def sliding_window_mask(
    length: int, window: int, causal: bool = True, device: torch.device | str = "cpu"
) -> Bool[Tensor, "T T"]:
    """Each query sees positions less than `window` away; with `causal`, itself and those before.

    So a causal query sees `window` positions, itself included (Mistral, Jiang et al. 2023, section
    2), and a bidirectional one up to 2·window − 1 (Longformer, Beltagy et al. 2020, section 3.1).
    Raises ValueError for a window below 1, which would leave queries with nothing to see.
    """
    if window < 1:
        raise ValueError(f"window must be at least 1, got {window}")
    position = torch.arange(length, device=device)
    offset = position.unsqueeze(1) - position  # (T, T): how far each key lies behind its query
    near = offset.abs() < window
    return near & (offset >= 0) if causal else near


def global_and_window_mask(
    length: int,
    window: int,
    global_positions: Sequence[int],
    device: torch.device | str = "cpu",
) -> Bool[Tensor, "T T"]:
    """A bidirectional window, plus global positions that see all and are seen by all.

    Any two positions are then at most two layers apart (Longformer, section 3.1).
    """
    mask = sliding_window_mask(length, window, causal=False, device=device)
    chosen = torch.tensor(global_positions, dtype=torch.long, device=device)
    mask[chosen] = True
    mask[:, chosen] = True
    return mask


def block_sparse_mask(layout: Bool[Tensor, "*b n m"], block: int) -> Bool[Tensor, "*b T S"]:
    """Every entry of `layout` becomes a block × block square, so T = n·block and S = m·block.

    Blocks are what hardware can skip (Child et al. 2019, section 5.3; BigBird, Zaheer et al. 2020).
    """
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)
