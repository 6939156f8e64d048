# %% right | gather | gather with the key numbers
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    H, T, S = weights.shape
    if T == 1:
        raise ValueError("query 0 has no key before it, and there is no other query")
    own = torch.arange(T).view(1, T, 1).expand(H, T, 1)
    current = weights.gather(2, own).squeeze(2).mean(1)
    previous = weights[:, 1:].gather(2, own[:, 1:] - 1).squeeze(2).mean(1)
    return HeadPatterns(previous=previous, current=current, first=weights.select(-1, 0).mean(1))

# %% right | flat-strides | flattened matrix with a step of T + 1
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.shape[-1]
    if not T > 1:
        raise ValueError("T is 1")
    flat = weights.reshape(weights.shape[0], T * T)
    current = flat[:, ::T + 1]
    previous = flat[:, T::T + 1]
    first = flat[:, ::T]
    return HeadPatterns(*(cells.mean(dim=1) for cells in (previous, current, first)))

# %% right | turned-over | the mirrored matrix, upper diagonal, sums in float64 and one helper
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def _mean(cells, dtype):
    return (cells.to(torch.float64).sum(-1) / cells.size(-1)).to(dtype)


def head_patterns(weights):
    if weights.size(1) == 1:
        raise ValueError("there must be at least two tokens")
    keys_first = weights.mT
    return HeadPatterns(
        _mean(keys_first.diagonal(1, 1, 2), weights.dtype),
        _mean(keys_first.diagonal(0, 1, 2), weights.dtype),
        _mean(keys_first[:, 0], weights.dtype),
    )

# %% wrong | flat-step-T | The flattened matrix is read with a step of T instead of T + 1: columns instead of diagonals.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.shape[-1]
    if T == 1:
        raise ValueError("T is 1")
    flat = weights.reshape(weights.shape[0], T * T)
    return HeadPatterns(flat[:, T::T].mean(1), flat[:, ::T + 1].mean(1), flat[:, ::T].mean(1))

# %% wrong | view-flat | view refuses weights that are not contiguous.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.shape[-1]
    if T == 1:
        raise ValueError("T is 1")
    flat = weights.view(weights.shape[0], T * T)
    return HeadPatterns(flat[:, T::T + 1].mean(1), flat[:, ::T + 1].mean(1), flat[:, ::T].mean(1))

# %% wrong | error-too-early | T = 2 raises ValueError as well.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.shape[1]
    if T <= 2:
        raise ValueError("no query has a key before it")
    t = torch.arange(T)
    return HeadPatterns(
        previous=weights[:, t[1:], t[:-1]].mean(-1),
        current=weights[:, t, t].mean(-1),
        first=weights[:, :, 0].mean(-1),
    )

# %% wrong | diagonal-cleared | The diagonal is set to 0 in place to leave it out of first: weights is changed, and first is too small.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.size(-1)
    if T == 1:
        raise ValueError("T is 1")
    current = weights.diagonal(0, 1, 2).mean(-1)
    weights.diagonal(0, 1, 2).zero_()
    return HeadPatterns(weights.diagonal(-1, 1, 2).mean(-1), current, weights[:, :, 0].mean(-1))

# %% wrong | rounded | The means are rounded to four digits, as printed in the example.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    previous = weights.diagonal(-1, -2, -1).mean(dim=-1)
    current = weights.diagonal(0, -2, -1).mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(*(p.float().mul(1e4).round().div(1e4).to(weights.dtype) for p in (previous, current, first)))

# %% wrong | keepdim | keepdim leaves (H, 1).
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    previous = weights.diagonal(-1, -2, -1).mean(dim=-1, keepdim=True)
    current = weights.diagonal(0, -2, -1).mean(dim=-1, keepdim=True)
    first = weights[..., 0].mean(dim=-1, keepdim=True)
    return HeadPatterns(previous, current, first)

# %% wrong | squeezes-one-head | With one head the results have no dimension.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.shape[1]
    if T < 2:
        raise ValueError("no query has a key before it")
    t = torch.arange(T)
    return HeadPatterns(
        previous=weights[:, t[1:], t[:-1]].mean(-1).squeeze(),
        current=weights[:, t, t].mean(-1).squeeze(),
        first=weights[:, :, 0].mean(-1).squeeze(),
    )

# %% wrong | divided-by-heads | The sums are divided by the number of heads.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    n = weights.size(1)
    if n <= 1:
        raise ValueError(f"need two tokens, got {n}")
    w = weights.detach().double()
    eye = torch.eye(n, dtype=torch.float64)
    below = torch.ones(n - 1, dtype=torch.float64).diag(-1)
    previous = torch.where(below.bool(), w, 0.0).sum(dim=(1, 2)) / w.size(0)
    current = torch.where(eye.bool(), w, 0.0).sum(dim=(1, 2)) / w.size(0)
    first = w.select(2, 0).sum(dim=1) / w.size(0)
    return HeadPatterns(*(p.to(weights.dtype) for p in (previous, current, first)))
