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
