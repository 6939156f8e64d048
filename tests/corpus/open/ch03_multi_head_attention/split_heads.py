# %% right | reshape-transpose | reshape and transpose, no type hints
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% right | split-stack-cat | list of slices, stacked and concatenated
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    width, rest = divmod(x.size(-1), n_heads)
    if rest:
        raise ValueError(f"{x.size(-1)} features cannot be cut into {n_heads} equal heads")
    return torch.stack(x.split(width, dim=-1), dim=1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.cat(x.unbind(dim=1), dim=-1)

# %% right | loop-over-heads | verbose loop that fills a new tensor of the same dtype
import torch

# I copy every slice by hand so that I see where it goes.

def split_heads(x, n_heads):
    batch = x.shape[0]
    tokens = x.shape[1]
    features = x.shape[2]
    if features % n_heads > 0:
        raise ValueError("not divisible")
    d = features // n_heads
    result = x.new_empty(batch, n_heads, tokens, d)
    for h in range(n_heads):
        start = h * d
        end = (h + 1) * d
        result[:, h, :, :] = x[:, :, start:end]
    return result


def merge_heads(x):
    batch, heads, tokens, d = x.shape
    result = x.new_empty(batch, tokens, heads * d)
    for h in range(heads):
        result[:, :, h * d:(h + 1) * d] = x[:, h]
    return result

# %% right | unflatten-flatten | unflatten, movedim, flatten
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    if x.shape[-1] % n_heads:
        raise ValueError("n_heads does not divide the width")
    return x.unflatten(-1, (n_heads, -1)).movedim(2, 1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return x.movedim(1, 2).flatten(start_dim=2)

# %% right | unfold-windows | unfold for the cut, einsum-free permute for the merge
import torch


def _width(D: int, H: int) -> int:
    if H * (D // H) != D:
        raise ValueError("D is not a multiple of n_heads")
    return D // H


def split_heads(x, n_heads):
    d = _width(x.size(2), n_heads)
    return x.unfold(2, d, d).permute(0, 2, 1, 3)


def merge_heads(x):
    y = x.permute(0, 2, 1, 3).contiguous()
    return y.view(y.size(0), y.size(1), -1)

# %% right | index-table | advanced indexing with a table of features
import torch


def split_heads(x, n_heads):
    D = x.shape[-1]
    if D % n_heads:
        raise ValueError("cannot split")
    index = torch.arange(D, device=x.device).view(n_heads, D // n_heads)
    return x[:, :, index].permute(0, 2, 1, 3)


def merge_heads(x):
    return torch.einsum("bhtd->bthd", x).flatten(-2)

# %% wrong | one-reshape | A single reshape to (B, H, T, d) moves features from one token to another ('Nothing moves from one token ... to another').
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, n_heads, T, D // n_heads)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.reshape(B, T, H * d)

# %% wrong | forgot-swap | split_heads returns (B, T, H, d) instead of (B, H, T, d).
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | merge-no-swap | merge_heads joins without moving heads behind tokens, so tokens are mixed.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.reshape(B, T, H * d)

# %% wrong | every-hth-feature | Head h gets features h, h+H, ... instead of its block of neighbours; the merge undoes it, so the round trip holds.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, D // n_heads, n_heads).permute(0, 3, 1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.permute(0, 2, 3, 1).reshape(B, T, H * d)

# %% wrong | heads-as-width | n_heads is used as the width d, right only where H = d.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, D // n_heads, n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | split-size-confusion | torch.split takes a size, not a number of parts: heads of width H.
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    width, rest = divmod(x.size(-1), n_heads)
    if rest:
        raise ValueError(f"{x.size(-1)} features cannot be cut into {n_heads} equal heads")
    return torch.stack(x.split(n_heads, dim=-1), dim=1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.cat(x.unbind(dim=1), dim=-1)

# %% wrong | no-check | A width that is not a multiple raises RuntimeError from reshape, not ValueError.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | assert-instead | An assert raises AssertionError where ValueError is promised.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    assert D % n_heads == 0, "D must be a multiple of n_heads"
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | drops-remainder | Features that do not fit are silently dropped; no ValueError is raised.
import torch

# I copy every slice by hand so that I see where it goes.

def split_heads(x, n_heads):
    batch = x.shape[0]
    tokens = x.shape[1]
    features = x.shape[2]
    # what does not fit is left out
    d = features // n_heads
    result = x.new_empty(batch, n_heads, tokens, d)
    for h in range(n_heads):
        start = h * d
        end = (h + 1) * d
        result[:, h, :, :] = x[:, :, start:end]
    return result


def merge_heads(x):
    batch, heads, tokens, d = x.shape
    result = x.new_empty(batch, tokens, heads * d)
    for h in range(heads):
        result[:, :, h * d:(h + 1) * d] = x[:, h]
    return result

# %% wrong | check-turned-over | The test is n_heads % D, so D = 4 with one head raises an error.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if n_heads % D != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | heads-first | Heads come before the batch: (H, B, T, d).
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).permute(2, 0, 1, 3)


def merge_heads(x):
    H, B, T, d = x.shape
    return x.permute(1, 2, 0, 3).reshape(B, T, H * d)

# %% wrong | view-after-transpose | merge_heads calls view on a transposed tensor, which raises RuntimeError for most inputs.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).view(B, T, H * d)

# %% wrong | float32-buffer | The result is float32 whatever x is ('of the dtype of x').
import torch

# I copy every slice by hand so that I see where it goes.

def split_heads(x, n_heads):
    batch = x.shape[0]
    tokens = x.shape[1]
    features = x.shape[2]
    if features % n_heads > 0:
        raise ValueError("not divisible")
    d = features // n_heads
    result = torch.zeros(batch, n_heads, tokens, d)
    for h in range(n_heads):
        start = h * d
        end = (h + 1) * d
        result[:, h, :, :] = x[:, :, start:end]
    return result


def merge_heads(x):
    batch, heads, tokens, d = x.shape
    result = torch.zeros(batch, tokens, heads * d)
    for h in range(heads):
        result[:, :, h * d:(h + 1) * d] = x[:, h]
    return result

# %% wrong | numpy-detour | A detour over numpy cuts the gradients ('Gradients of both functions reach x').
import numpy as np
import torch


def split_heads(x, n_heads):
    if x.shape[-1] % n_heads:
        raise ValueError("no")
    a = x.detach().cpu().numpy()
    a = np.stack(np.split(a, n_heads, axis=-1), axis=1)
    return torch.from_numpy(a)


def merge_heads(x):
    a = x.detach().cpu().numpy()
    return torch.from_numpy(np.concatenate(list(np.moveaxis(a, 1, 0)), axis=-1))

# %% wrong | merge-no-grad | merge_heads runs under no_grad, so gradients of it do not reach x.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    with torch.no_grad():
        return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | squeeze-single-head | With one head the head dimension is squeezed away; (B, 1, T, d) is promised.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2).squeeze(1)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)

# %% wrong | merge-transposes-in-place | merge_heads swaps the dimensions of its argument in place, so x is changed.
import torch


def split_heads(x, n_heads):
    B, T, D = x.shape
    if D % n_heads != 0:
        raise ValueError("D must be a multiple of n_heads")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def merge_heads(x):
    B, H, T, d = x.shape
    x.transpose_(1, 2)
    return x.reshape(B, T, H * d)

# %% wrong | cat-along-time | merge_heads puts the heads one after the other in time: (B, H·T, d).
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    width, rest = divmod(x.size(-1), n_heads)
    if rest:
        raise ValueError(f"{x.size(-1)} features cannot be cut into {n_heads} equal heads")
    return torch.stack(x.split(width, dim=-1), dim=1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.cat(x.unbind(dim=1), dim=1)

# %% wrong | remembers-last-split | merge_heads takes the number of heads from the last split_heads call, wrong for any other x.
import torch

_heads = 1


def split_heads(x, n_heads):
    global _heads
    if x.size(-1) % n_heads != 0:
        raise ValueError("n_heads")
    _heads = n_heads
    return x.reshape(x.size(0), x.size(1), n_heads, -1).transpose(1, 2)


def merge_heads(x):
    parts = [x[:, h] for h in range(_heads)]
    return torch.cat(parts, dim=-1)

# %% wrong | reversed-heads | The heads are stacked from the last to the first, and merged as if head 0 stood last.
import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    width, rest = divmod(x.size(-1), n_heads)
    if rest:
        raise ValueError(f"{x.size(-1)} features cannot be cut into {n_heads} equal heads")
    return torch.stack(x.split(width, dim=-1)[::-1], dim=1)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    return torch.cat(x.unbind(dim=1)[::-1], dim=-1)
