# %% wrong | largest | takes the largest real entry and not the mean
import torch


def masked_mean_pool(x, mask):
    top = x.masked_fill(~mask[..., None], float("-inf")).amax(dim=1)
    return top.masked_fill(~mask.any(dim=1)[:, None], 0.0)

# %% wrong | count-of-batch | divides by the number of real tokens of the whole batch
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(~mask[..., None], 0.0)
    return kept.sum(dim=1) / mask.sum().clamp(min=1)

# %% wrong | weights-by-bmm | weights of 0 meet NaN in the padding in the matrix product
import torch


def masked_mean_pool(x, mask):
    w = mask.to(x.dtype)
    w = w / w.sum(dim=1, keepdim=True).clamp(min=1)
    return torch.bmm(w[:, None, :], x)[:, 0]

# %% wrong | one-more | 1 is added to every count to avoid a division by 0
import torch


def masked_mean_pool(x, mask):
    kept = torch.where(mask[..., None], x, 0.0)
    return kept.sum(dim=1) / (mask.sum(dim=1, keepdim=True) + 1)

# %% wrong | mask-on-features | the mask meets the axis of features, which fits only where D equals S
import torch


def masked_mean_pool(x, mask):
    kept = x.masked_fill(~mask[:, None, :], 0.0)
    return kept.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)

# %% wrong | empty-keeps-padding | a sequence without real tokens gives the mean of its padding and not 0
import torch


def masked_mean_pool(x, mask):
    nothing = ~mask.any(dim=1, keepdim=True)
    mask = mask | nothing
    kept = x.masked_fill(~mask[..., None], 0.0)
    return kept.sum(dim=1) / mask.sum(dim=1, keepdim=True)

# %% right | einsum | fills, then sums and divides by einsum in float32 or wider
import torch


def masked_mean_pool(x, mask):
    acc = torch.promote_types(x.dtype, torch.float32)
    clean = torch.where(mask[..., None], x, torch.zeros_like(x)).to(acc)
    share = mask.to(acc) / mask.sum(dim=1, keepdim=True).clamp(min=1).to(acc)
    return torch.einsum("bs,bsd->bd", share, clean).to(x.dtype)

# %% right | position-loop | adds position by position
import torch


def masked_mean_pool(x, mask):
    total = torch.zeros_like(x[:, 0], dtype=torch.promote_types(x.dtype, torch.float32))
    n = 0
    for s in range(x.shape[1]):
        here = mask[:, s, None]
        total = total + x[:, s].masked_fill(~here, 0)
        n = n + here.long()
    return (total / n.clamp(min=1)).to(x.dtype)

# %% right | maximum | a typed version with torch.maximum
import torch
from torch import Tensor


def masked_mean_pool(x: Tensor, mask: Tensor) -> Tensor:
    number = mask.sum(dim=-1)
    number = torch.maximum(number, torch.ones_like(number))
    without_padding = x.masked_fill(torch.logical_not(mask).unsqueeze(-1), 0)
    return without_padding.sum(dim=-2).div(number.unsqueeze(-1))
