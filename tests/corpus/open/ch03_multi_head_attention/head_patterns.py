# %% right | diagonal-mean | diagonal and mean
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
    return HeadPatterns(previous, current, first)

# %% right | loops-float64 | loops over heads and queries, sums in float64
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    H, T, _ = weights.shape
    if T == 1:
        raise ValueError("T must be at least 2")
    dtype = weights.dtype
    previous = torch.zeros(H, dtype=torch.float64)
    current = torch.zeros(H, dtype=torch.float64)
    first = torch.zeros(H, dtype=torch.float64)
    for h in range(H):
        for t in range(T):
            if t > 0:
                previous[h] += weights[h, t, t - 1].double()
            current[h] += weights[h, t, t].double()
            first[h] += weights[h, t, 0].double()
    return HeadPatterns((previous / (T - 1)).to(dtype), (current / T).to(dtype), (first / T).to(dtype))

# %% right | index-pairs | advanced indexing with pairs of positions
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
        previous=weights[:, t[1:], t[:-1]].mean(-1),
        current=weights[:, t, t].mean(-1),
        first=weights[:, :, 0].mean(-1),
    )

# %% right | mask-sums | masks of the cells and sums in float64
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
    previous = torch.where(below.bool(), w, 0.0).sum(dim=(1, 2)) / (n - 1)
    current = torch.where(eye.bool(), w, 0.0).sum(dim=(1, 2)) / n
    first = w.select(2, 0).sum(dim=1) / n
    return HeadPatterns(*(p.to(weights.dtype) for p in (previous, current, first)))

# %% right | einsum-trace | einsum traces of shifted blocks
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.size(-1)
    if T == 1:
        raise ValueError

    def trace_mean(block):
        return torch.einsum("htt->ht", block).mean(dim=1)

    return HeadPatterns(trace_mean(weights[:, 1:, :-1]), trace_mean(weights), weights[:, :, :1].mean(dim=(1, 2)))

# %% right | head-by-head | verbose: head by head, with a mean in float32 for the narrow dtypes
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.shape[-1]
    if T == 1:
        raise ValueError("weights of a single token")
    with torch.no_grad():
        previous, current, first = [], [], []
        for head in weights:
            previous.append(head.diagonal(offset=-1).float().mean() if head.dtype != torch.float64 else head.diagonal(offset=-1).mean())
            current.append(head.diagonal().float().mean() if head.dtype != torch.float64 else head.diagonal().mean())
            first.append(head[:, 0].float().mean() if head.dtype != torch.float64 else head[:, 0].mean())
        return HeadPatterns(*[torch.stack(p).to(weights.dtype) for p in (previous, current, first)])

# %% wrong | next-token | The diagonal above the main one: the next key, not the previous.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    previous = weights.diagonal(1, -2, -1).mean(dim=-1)
    current = weights.diagonal(0, -2, -1).mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | divided-by-T | previous is divided by T, though only T − 1 queries have a key before them.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    H, T, _ = weights.shape
    if T == 1:
        raise ValueError("T must be at least 2")
    dtype = weights.dtype
    previous = torch.zeros(H, dtype=torch.float64)
    current = torch.zeros(H, dtype=torch.float64)
    first = torch.zeros(H, dtype=torch.float64)
    for h in range(H):
        for t in range(T):
            if t > 0:
                previous[h] += weights[h, t, t - 1].double()
            current[h] += weights[h, t, t].double()
            first[h] += weights[h, t, 0].double()
    return HeadPatterns((previous / T).to(dtype), (current / T).to(dtype), (first / T).to(dtype))

# %% wrong | first-without-query-0 | first is averaged over T − 1 queries; query 0 is included by the stub.
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
    first = weights[:, 1:, 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | first-row | first takes the weights of the first query, not those on the first key.
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
    first = weights[:, 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | diagonal-over-heads | diagonal without dimensions reads the first two, heads and queries.
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
    current = weights.diagonal().mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | mean-over-heads | The mean runs over the heads: (T), not (H).
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    previous = weights.diagonal(-1, -2, -1).mean(dim=0)
    current = weights.diagonal(0, -2, -1).mean(dim=0)
    first = weights[..., 0].mean(dim=0)
    return HeadPatterns(previous, current, first)

# %% wrong | single-number | One mean over all heads for each pattern.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    previous = weights.diagonal(-1, -2, -1).mean()
    current = weights.diagonal(0, -2, -1).mean()
    first = weights[..., 0].mean()
    return HeadPatterns(previous, current, first)

# %% wrong | no-error | T = 1 gives nan instead of a ValueError.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    previous = weights.diagonal(-1, -2, -1).mean(dim=-1)
    current = weights.diagonal(0, -2, -1).mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | zero-for-one-token | T = 1 returns 0 for previous instead of raising ValueError.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        return HeadPatterns(torch.zeros_like(weights[:, 0, 0]), weights[:, 0, 0], weights[:, 0, 0])
    previous = weights.diagonal(-1, -2, -1).mean(dim=-1)
    current = weights.diagonal(0, -2, -1).mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | fields-swapped | current and previous change places.
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
    return HeadPatterns(current, previous, first)

# %% wrong | plain-tuple | A plain tuple is returned, without the names.
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
    return previous, current, first

# %% wrong | wraps-around | roll takes the last key as the previous of query 0 and averages over T.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    previous = weights.roll(1, dims=-1).diagonal(0, -2, -1).mean(dim=-1)
    current = weights.diagonal(0, -2, -1).mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | exclusive-patterns | first leaves out the cells that already count as current or previous, though they may overlap.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    H, T, _ = weights.shape
    if T == 1:
        raise ValueError("T must be at least 2")
    dtype = weights.dtype
    previous = torch.zeros(H, dtype=torch.float64)
    current = torch.zeros(H, dtype=torch.float64)
    first = torch.zeros(H, dtype=torch.float64)
    for h in range(H):
        for t in range(T):
            if t > 0:
                previous[h] += weights[h, t, t - 1].double()
            current[h] += weights[h, t, t].double()
            if t > 1:
                first[h] += weights[h, t, 0].double()
    return HeadPatterns((previous / (T - 1)).to(dtype), (current / T).to(dtype), (first / T).to(dtype))

# %% wrong | normalised-rows | Rows are divided by their sum first, though they are to be taken as they are.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    if weights.size(-1) == 1:
        raise ValueError("a single token has no previous one")
    weights = weights / weights.sum(dim=-1, keepdim=True)
    previous = weights.diagonal(-1, -2, -1).mean(dim=-1)
    current = weights.diagonal(0, -2, -1).mean(dim=-1)
    first = weights[..., 0].mean(dim=-1)
    return HeadPatterns(previous, current, first)

# %% wrong | argmax-share | Counts how often the pattern is the strongest key instead of the mean weight.
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
    top = weights.argmax(dim=-1)
    t = torch.arange(T)
    previous = (top[:, 1:] == t[:-1]).to(weights.dtype).mean(-1)
    current = (top == t).to(weights.dtype).mean(-1)
    first = (top == 0).to(weights.dtype).mean(-1)
    return HeadPatterns(previous, current, first)

# %% wrong | float64-result | The results stay float64, not of the dtype of weights.
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
    previous = torch.where(below.bool(), w, 0.0).sum(dim=(1, 2)) / (n - 1)
    current = torch.where(eye.bool(), w, 0.0).sum(dim=(1, 2)) / n
    first = w.select(2, 0).sum(dim=1) / n
    return HeadPatterns(previous, current, first)

# %% wrong | sum-in-own-dtype | Sums are collected one by one in the dtype of weights; bfloat16 and float16 stall for long sequences, so the mean is far off.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    H, T, _ = weights.shape
    if T == 1:
        raise ValueError("T must be at least 2")
    dtype = weights.dtype
    previous = torch.zeros(H, dtype=weights.dtype)
    current = torch.zeros(H, dtype=weights.dtype)
    first = torch.zeros(H, dtype=weights.dtype)
    for h in range(H):
        for t in range(T):
            if t > 0:
                previous[h] += weights[h, t, t - 1]
            current[h] += weights[h, t, t]
            first[h] += weights[h, t, 0]
    return HeadPatterns((previous / (T - 1)).to(dtype), (current / T).to(dtype), (first / T).to(dtype))

# %% wrong | tril-included | previous averages over all keys before the query, not only the one right before.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    T = weights.size(-1)
    if T == 1:
        raise ValueError("T")
    before = weights.tril(-1).sum(dim=-1)
    return HeadPatterns(
        before[:, 1:].mean(-1),
        weights.diagonal(dim1=1, dim2=2).mean(-1),
        weights[:, :, 0].mean(-1),
    )

# %% wrong | python-floats | Lists of Python floats are returned, not tensors.
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
    return HeadPatterns(previous.tolist(), current.tolist(), first.tolist())

# %% wrong | shifted-columns | weights[:, :-1, 1:] pairs query t with key t + 1.
from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights):
    if weights.shape[-1] == 1:
        raise ValueError("too short")
    shifted = weights[:, :-1, 1:]
    return HeadPatterns(
        torch.einsum("htt->ht", shifted).mean(-1),
        torch.einsum("htt->ht", weights).mean(-1),
        weights[..., 0].mean(-1),
    )
