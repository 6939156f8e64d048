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
