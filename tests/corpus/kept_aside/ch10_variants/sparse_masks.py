# %% wrong | self-hidden | A query does not see itself
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap > 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | half-window | Without causality the window is halved on each side
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap >= 0) if causal else gap.abs() <= window // 2


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | int-mask | Block masks come as integers
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap >= 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1).int()

# %% wrong | columns-only | Globals are seen, but see only their window
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap >= 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% right | kron | Kronecker product
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap >= 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    square = torch.ones(block, block, dtype=torch.uint8, device=layout.device)
    big = layout[..., :, None, :, None].byte() * square[:, None, :]
    return big.flatten(-4, -3).flatten(-2).bool()

# %% right | comprehension | Nested comprehensions
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    return torch.tensor([[abs(t - s) < window and (s <= t or not causal) for s in range(length)] for t in range(length)])


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | x-empty-list-as-index | torch.tensor of an empty list is float32, and no index: no global position is an error
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    position = torch.arange(length)
    distance = position[:, None] - position
    mask = distance.abs() < window
    return mask & (distance >= 0) if causal else mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    places = torch.tensor(global_positions)
    mask[places] = True
    mask[:, places] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)


# %% wrong | x-two-axes-only | blocks are stretched along axes 0 and 1, which with leading dimensions are the wrong ones
from collections.abc import Sequence

import torch


def sliding_window_mask(length: int, window: int, causal: bool = True) -> torch.Tensor:
    if window < 1:
        raise ValueError(f"a window of {window} shows nothing")
    mask = torch.ones(length, length, dtype=torch.bool).triu(1 - window)
    return mask.tril(0 if causal else window - 1)


def global_and_window_mask(
    length: int, window: int, global_positions: Sequence[int]
) -> torch.Tensor:
    mask = sliding_window_mask(length, window, causal=False)
    for p in global_positions:
        mask[p, :] = True
        mask[:, p] = True
    return mask


def block_sparse_mask(layout: torch.Tensor, block: int) -> torch.Tensor:
    n, m = layout.shape[:2]
    rows = torch.arange(n * block, device=layout.device) // block
    columns = torch.arange(m * block, device=layout.device) // block
    return layout[rows[:, None], columns[None, :]]
