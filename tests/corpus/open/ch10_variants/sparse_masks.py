# %% right | distances | Table of distances
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
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% right | tri | Triangles for the window
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    full = torch.ones(length, length, dtype=torch.bool)
    return full.triu(1 - window).tril(0 if causal else window - 1)


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% right | lookup | Blocks looked up by position
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
    t = torch.arange(layout.size(-2) * block, device=layout.device) // block
    s = torch.arange(layout.size(-1) * block, device=layout.device) // block
    return layout[..., t[:, None], s]

# %% right | loop-globals | Globals one by one
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
    for i in g:
        mask[i, :] = True
        mask[:, i] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | one-too-far | The distance may equal window
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() <= window
    return near & (gap >= 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | causal-ignored | Causal windows see to the right
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | future-only | The causal side is turned over
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap <= 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | no-error | window below 1 is no ValueError
import torch


def sliding_window_mask(length, window, causal=True):
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
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | rows-only | Global positions see, but are not seen
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
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | globals-causal | The window under the globals is causal
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return near & (gap >= 0) if causal else near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=True)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | crossing-only | Only pairs of two globals become True
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
    for i in g:
        mask[i, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | tiled | The layout is repeated whole, not stretched
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
    return layout.repeat(*[1] * (layout.dim() - 2), block, block)

# %% wrong | two-axes | Leading dimensions are stretched instead of rows
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
    return layout.repeat_interleave(block, dim=0).repeat_interleave(block, dim=-1)

# %% wrong | inverted | True where attention is forbidden
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window")
    p = torch.arange(length)
    gap = p[:, None] - p
    near = gap.abs() < window
    return ~(near & (gap >= 0)) if causal else ~near


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    g = list(global_positions)
    mask[g] = True
    mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2).repeat_interleave(block, dim=-1)

# %% wrong | wide-refused | A window larger than the length is a ValueError
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1 or window > length:
        raise ValueError("window must be at least 1")
    pos = torch.arange(length)
    back = pos[:, None] - pos[None, :]
    mask = back.abs() < window
    if causal:
        mask &= back >= 0
    return mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    for g in global_positions:
        mask[g, :] = True
        mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    rows = layout.repeat_interleave(block, dim=-2)
    return rows.repeat_interleave(block, dim=-1)

# %% wrong | global-unchecked | Only the plain window raises for window below 1; the one with globals makes its own
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    pos = torch.arange(length)
    back = pos[:, None] - pos[None, :]
    mask = back.abs() < window
    if causal:
        mask &= back >= 0
    return mask


def global_and_window_mask(length, window, global_positions):
    pos = torch.arange(length)
    mask = (pos[:, None] - pos).abs() < window
    for g in global_positions:
        mask[g, :] = True
        mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    rows = layout.repeat_interleave(block, dim=-2)
    return rows.repeat_interleave(block, dim=-1)

# %% wrong | twice-undone | A global position that is given twice is no longer global
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    pos = torch.arange(length)
    back = pos[:, None] - pos[None, :]
    mask = back.abs() < window
    if causal:
        mask &= back >= 0
    return mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    is_global = torch.zeros(length, dtype=torch.bool)
    for g in global_positions:
        is_global[g] = ~is_global[g]
    return mask | is_global | is_global[:, None]


def block_sparse_mask(layout, block):
    rows = layout.repeat_interleave(block, dim=-2)
    return rows.repeat_interleave(block, dim=-1)

# %% wrong | rows-stretched | Only the rows of the layout are stretched, the columns stay m
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    pos = torch.arange(length)
    back = pos[:, None] - pos[None, :]
    mask = back.abs() < window
    if causal:
        mask &= back >= 0
    return mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    for g in global_positions:
        mask[g, :] = True
        mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    return layout.repeat_interleave(block, dim=-2)

# %% wrong | empty-globals | An empty list of globals is an IndexError, since its tensor holds floats
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    pos = torch.arange(length)
    back = pos[:, None] - pos[None, :]
    mask = back.abs() < window
    if causal:
        mask &= back >= 0
    return mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    where = torch.tensor(global_positions)
    mask[where] = True
    mask[:, where] = True
    return mask


def block_sparse_mask(layout, block):
    rows = layout.repeat_interleave(block, dim=-2)
    return rows.repeat_interleave(block, dim=-1)

# %% wrong | one-leading-axis | Several leading dimensions are flattened into one and stay so
import torch


def sliding_window_mask(length, window, causal=True):
    if window < 1:
        raise ValueError("window must be at least 1")
    pos = torch.arange(length)
    back = pos[:, None] - pos[None, :]
    mask = back.abs() < window
    if causal:
        mask &= back >= 0
    return mask


def global_and_window_mask(length, window, global_positions):
    mask = sliding_window_mask(length, window, causal=False)
    for g in global_positions:
        mask[g, :] = True
        mask[:, g] = True
    return mask


def block_sparse_mask(layout, block):
    if layout.dim() > 2:
        layout = layout.flatten(0, -3)
    rows = layout.repeat_interleave(block, dim=-2)
    return rows.repeat_interleave(block, dim=-1)
