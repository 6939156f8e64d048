# %% wrong | first-head-only | Only the first head is reordered
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    new = table.transpose(1, 2).reshape(w.shape)
    return torch.cat((new[:d], w[d:]))

# %% wrong | same-table-both-ways | The (d/2, 2) table in both directions, right only for d = 4
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)

# %% wrong | in-place | Writes the reordered rows into w
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    new = table.transpose(1, 2).reshape(w.shape).clone()
    w.data.copy_(new)
    return w

# %% wrong | negated | Second halves come with a minus sign, as in rotate_half
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    if target == "half":
        table = w.reshape(n_heads, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(n_heads, 2, d // 2, *w.shape[1:])
    out = table.transpose(1, 2).reshape(w.shape)
    sign = torch.ones(n_heads, 2, d // 2, dtype=w.dtype)
    sign[:, 1] = -1
    return out * sign.reshape(-1, *[1] * (w.dim() - 1))

# %% right | argsort | Permutation by sorting on (head, member, pair)
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.size(0) // n_heads
    one = torch.arange(d).view(-1, 2).T.reshape(-1)
    if target != "half":
        one = torch.argsort(one)
    order = torch.cat([one + h * d for h in range(n_heads)])
    return w.index_select(0, order.to(w.device))

# %% right | unbind-rows | Rows in a Python list, stacked again
import torch


def convert_rope_layout(w, n_heads, target="half"):
    rows = list(w.unbind(0))
    d = len(rows) // n_heads
    result = []
    for start in range(0, len(rows), d):
        head = rows[start : start + d]
        if target == "half":
            result.extend(head[::2] + head[1::2])
        else:
            for pair in zip(head[: d // 2], head[d // 2 :]):
                result.extend(pair)
    return torch.stack(result)

# %% wrong | x-width-from-the-columns | takes d from the number of columns, which is that of the rows only where the projection is square
import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.size(-1) // n_heads  # D / H
    if target == "half":
        table = w.reshape(-1, d // 2, 2, *w.shape[1:])
    else:
        table = w.reshape(-1, 2, d // 2, *w.shape[1:])
    return table.transpose(1, 2).reshape(w.shape)


# %% wrong | x-permutation-as-a-product | multiplies by a matrix of zeros and ones, which makes NaN of infinite entries and fails for Booleans
from typing import Literal

import torch


def convert_rope_layout(
    w: torch.Tensor, n_heads: int, target: Literal["half", "interleaved"] = "half"
) -> torch.Tensor:
    rows = w.shape[0]
    d = rows // n_heads
    P = torch.zeros(rows, rows, dtype=w.dtype, device=w.device)
    for h in range(n_heads):
        for i in range(d // 2):
            for member in range(2):
                half = h * d + i + member * (d // 2)
                pair = h * d + 2 * i + member
                if target == "half":
                    P[half, pair] = 1
                else:
                    P[pair, half] = 1
    return P @ w
