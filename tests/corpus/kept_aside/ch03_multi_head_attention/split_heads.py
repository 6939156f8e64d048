# %% right | narrow-helper | helper with narrow, and merge by indexing loop in a list
import torch
from torch import Tensor


def _one(x: Tensor, h: int, d: int) -> Tensor:
    return x.narrow(2, h * d, d).unsqueeze(1)


def split_heads(x: Tensor, n_heads: int) -> Tensor:
    if x.shape[2] % n_heads != 0:
        raise ValueError(f"{x.shape[2]} is not a multiple of {n_heads}")
    d = x.shape[2] // n_heads
    return torch.cat([_one(x, h, d) for h in range(n_heads)], dim=1)


def merge_heads(x: Tensor) -> Tensor:
    tokens = [x[:, :, t].flatten(1) for t in range(x.shape[2])]
    return torch.stack(tokens, dim=1)

# %% right | as-one-liners | tensor_split and hstack-like one-liners
import torch


def split_heads(x, n_heads):
    if x.shape[-1] % n_heads:
        raise ValueError
    return torch.stack(torch.tensor_split(x, n_heads, dim=-1), 1)


merge_heads = lambda x: torch.concat([*x.transpose(0, 1)], -1)

# %% right | swapaxes-single-tokens | transposed first, then cut: features in front
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads:
        raise ValueError("D must be divisible by n_heads")
    columns = x.transpose(1, 2)                       # (B, D, T)
    columns = columns.reshape(B, n_heads, D // n_heads, T)
    return columns.transpose(2, 3)


def merge_heads(x):
    B, H, T, d = x.shape
    columns = x.transpose(2, 3).reshape(B, H * d, T)
    return columns.transpose(1, 2)

# %% wrong | transposed-view-cut | x is transposed to (B, D, T) and reshaped without turning back: (B, H, d, T).
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads:
        raise ValueError("D must be divisible by n_heads")
    return x.transpose(1, 2).reshape(B, n_heads, D // n_heads, T)


def merge_heads(x):
    B, H, d, T = x.shape
    return x.reshape(B, H * d, T).transpose(1, 2)

# %% wrong | batch-into-tokens | Batch and tokens are joined and cut again as (T, B), so sequences are mixed where B > 1.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads:
        raise ValueError("D % n_heads")
    flat = x.reshape(B * T, n_heads, D // n_heads)
    return flat.reshape(T, B, n_heads, -1).permute(1, 2, 0, 3)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, -1)

# %% wrong | merge-interleaves | merge_heads puts feature 0 of all heads first, then feature 1 of all.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.permute(0, 2, 3, 1).flatten(2)

# %% wrong | type-error | TypeError is raised where ValueError is promised.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise TypeError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | rejects-one-head | One head, which is allowed, raises ValueError.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if n_heads <= 1 or D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | merge-half-precision | merge_heads returns float32 for float16 and bfloat16 and rounds float64.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.float().transpose(1, 2).reshape(B, T, H * d)

# %% wrong | merge-drops-single-token | merge_heads squeezes, so T = 1 or B = 1 loses a dimension.
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    width, rest = divmod(x.size(-1), n_heads)
    if rest:
        raise ValueError(f"{x.size(-1)} features cannot be cut into {n_heads} equal heads")
    return torch.stack(x.split(width, dim=-1), dim=1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.cat([part.squeeze(1) for part in x.split(1, dim=1)], dim=-1).squeeze()

# %% wrong | rejects-width-one | Heads of width 1 (n_heads = D, which is allowed) raise ValueError.
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    width, rest = divmod(x.size(-1), n_heads)
    if rest or width < 2:
        raise ValueError(f"{x.size(-1)} features cannot be cut into {n_heads} equal heads")
    return torch.stack(x.split(width, dim=-1), dim=1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.cat(x.unbind(dim=1), dim=-1)
