# %% wrong | centre-off-by-one | Adds m + 1 and clips at the end, so each distance uses the row of the next one.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m).add(m + 1).clamp(max=2 * m)
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | m-is-the-table-size | Takes m as the number of rows minus one and shares rows by halves, so distances are clipped at the wrong place.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = ((step[None, :] - step[:, None]).clamp(-2 * m, 2 * m) + 2 * m) // 2
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | absolute-distance | Uses |s - t|, so left and right keys get the same vector.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).abs().clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | table-row-for-each-head | Gives head h a shifted table by rolling it, but the table is shared by all heads.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.size(0) // 2
    i = torch.arange(T)
    rows = (i - i[:, None]).clamp(-m, m) + m
    parts = [torch.einsum("btd,tsd->bts", q[:, h], table.roll(h, dims=0)[rows]) for h in range(H)]
    return (q @ k.mT + torch.stack(parts, 1)) / math.sqrt(d)


# %% wrong | m-zero-forgotten | Drops the distance term when the table has a single row, but m may be 0 and its vector counts.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    if m == 0:
        position = torch.zeros_like(content) + 0 * position
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | squeezed | Squeezes away sizes of 1, though the result is (B, H, T, T) and any size may be 1.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return ((content + position) / math.sqrt(q.size(-1))).squeeze()


# %% wrong | far-keys-get-nothing | Adds nothing beyond m, but a longer distance uses the vector of m or -m.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    far = (step[None, :] - step[:, None]).abs() > m
    return (content + position.masked_fill(far, 0.0)) / math.sqrt(q.size(-1))


# %% wrong | vector-sum-not-product | Adds the sum of the entries of a and forgets to multiply with the query.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = table[rows].sum(-1)
    return (content + position) / math.sqrt(q.size(-1))


# %% right | bucketize-rows | Finds the rows by comparing each distance with the limits.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T, d = q.shape[-2:]
    m = table.shape[0] // 2
    pos = torch.arange(T)
    distance = pos[None] - pos[:, None]
    rows = torch.where(distance > m, 2 * m, torch.where(distance < -m, 0, distance + m))
    a = table.index_select(0, rows.flatten()).unflatten(0, (T, T))
    return ((q[:, :, :, None] @ (k[:, :, None] + a).mT).squeeze(3)) / math.sqrt(d)


# %% right | diagonal-slices | Fills each diagonal of a stack with the right products.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.shape[0] // 2
    products = q @ table.T
    rows = []
    for t in range(T):
        index = [min(max(s - t, -m), m) + m for s in range(T)]
        rows.append(products[:, :, t][..., index])
    return (q @ k.transpose(2, 3) + torch.stack(rows, 2)) / d**0.5


# %% right | float64-inside | Computes in double precision and casts back.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(2)
    m = table.size(0) // 2
    i = torch.arange(T)
    a = table.double()[(i[None, :] - i[:, None]).clamp(-m, m) + m]
    keys = k.double()[:, :, None] + a
    scores = torch.einsum("bhtd,bhtsd->bhts", q.double(), keys) / math.sqrt(q.size(3))
    return scores.to(q.dtype)
