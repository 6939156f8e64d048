# %% wrong | sign-flipped | Uses t - s for the distance where the stub has s - t.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.size(0) // 2
    products = torch.matmul(q, table.t())
    s = torch.arange(T)
    index = (s.view(T, 1) - s.view(1, T)).clamp(-m, m).add(m)
    moved = torch.gather(products, 3, index.expand(B, H, T, T))
    return (torch.matmul(q, k.mT) + moved) / d**0.5


# %% wrong | not-centred | Does not add m, so negative distances count from the end of the table.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m)
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | distance-unscaled | Divides only q k by the root of d and not the term with a.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return content / math.sqrt(q.size(-1)) + position


# %% wrong | no-scale | The division by the root of d is missing.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.shape[0] // 2
    rows = []
    for t in range(T):
        row = []
        for s in range(T):
            distance = max(-m, min(s - t, m))
            a = table[distance + m]
            row.append((q[:, :, t] * (k[:, :, s] + a)).sum(-1))
        rows.append(torch.stack(row, dim=-1))
    return torch.stack(rows, dim=-2)


# %% wrong | divided-by-d | Divides by d and not by its root.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / q.size(-1)


# %% wrong | root-of-length | Divides by the root of T and not of d.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-2))


# %% wrong | no-clipping | Does not clip, so a distance beyond m points outside the table.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None])+ m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | clipped-on-the-left-only | Clips at -m only, so far keys to the right are outside the table.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(min=-m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | modulo-for-clip | Wraps far distances round with a modulo instead of using the vector of m or -m.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None] + m) % (2 * m + 1)
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | centre-moves-with-length | Lowers m to T - 1 and then uses it as the centre of the table, which is wrong as soon as m is larger than any distance.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    m = min(m, T - 1)
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | causal-mask | Looks only at the keys up to the query and leaves -inf for the others, but there is no mask.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.shape[0] // 2
    scores = q.new_full((B, H, T, T), float("-inf"))
    for t in range(T):
        for s in range(t + 1):
            a = table[max(s - t, -m) + m]
            scores[:, :, t, s] = ((k[:, :, s] + a) * q[:, :, t]).sum(-1) / math.sqrt(d)
    return scores


# %% wrong | key-times-distance | Multiplies the vector a with the key, k_s . a, instead of with the query.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhsd,tsd->bhts", k, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | table-for-absolute-positions | Takes the row of the key's place, clipped, and not of its distance from the query.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = step[None, :].expand(T, T).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | distance-twice | Adds a to the query as well as to the key, which brings in products that the formula does not have.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T, d = q.shape[-2:]
    m = table.size(0) // 2
    i = torch.arange(T)
    a = table[(i - i[:, None]).clamp(-m, m) + m]
    left = q[..., :, None, :] + a
    right = k[..., None, :, :] + a
    return (left * right).sum(-1) / math.sqrt(d)


# %% wrong | scales-q-in-place | Divides the caller's q in place.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    with torch.no_grad():
        q /= math.sqrt(q.size(-1))
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return content + position


# %% wrong | view-of-q | Merges batch and heads with view, which fails for a q that is not contiguous.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = (table.shape[0] - 1) // 2
    index = torch.arange(T)
    rows = torch.clamp(index[None] - index[:, None], -m, m) + m
    a = table[rows]
    by_query = q.view(B * H, T, d).transpose(0, 1)
    position = torch.bmm(by_query, a.transpose(1, 2)).transpose(0, 1).reshape(B, H, T, T)
    return (q @ k.transpose(2, 3) + position) / d**0.5


# %% wrong | table-detached | Rebuilds the vectors with torch.tensor from a list, so no gradient reaches the table.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    d = q.shape[-1]
    T = q.shape[2]
    m = (len(table) - 1) // 2
    place = torch.arange(T)
    table = torch.tensor(table.tolist(), dtype=table.dtype)
    a = table[torch.clamp(place.unsqueeze(0) - place.unsqueeze(1), min=-m, max=m) + m]
    sums = k.unsqueeze(2) + a
    return (q.unsqueeze(3) * sums).sum(dim=-1) * d**-0.5


# %% wrong | float32-inside | Casts to float32 inside and returns float32 for float64 inputs.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    q, k, table = q.float(), k.float(), table.float()
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% wrong | window-cut-from-table | Cuts the rows m - T + 1 to m + T - 1 out of the table, which works only while m is at least T - 1.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.size(0) // 2
    window = table[m - T + 1 : m + T]
    columns = torch.arange(T)[None, :] - torch.arange(T)[:, None] + T - 1
    position = (q @ window.T).gather(-1, columns.expand(B, H, T, T))
    return (q @ k.transpose(-2, -1) + position) / math.sqrt(d)


# %% wrong | output-key-first | The einsum writes keys before queries in the distance term, so it is added transposed.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhst", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% right | einsum | Row numbers, a lookup, and an einsum, as a textbook would.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T = q.size(-2)
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    rows = (step[None, :] - step[:, None]).clamp(-m, m) + m
    content = q @ k.transpose(-2, -1)
    position = torch.einsum("bhtd,tsd->bhts", q, table[rows])
    return (content + position) / math.sqrt(q.size(-1))


# %% right | keys-plus-vectors | Adds the vectors to the keys first and takes one big product.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    d = q.shape[-1]
    T = q.shape[2]
    m = (len(table) - 1) // 2
    place = torch.arange(T)
    a = table[torch.clamp(place.unsqueeze(0) - place.unsqueeze(1), min=-m, max=m) + m]
    sums = k.unsqueeze(2) + a
    return (q.unsqueeze(3) * sums).sum(dim=-1) * d**-0.5


# %% right | four-loops | Student code with loops over queries and keys.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.shape[0] // 2
    rows = []
    for t in range(T):
        row = []
        for s in range(T):
            distance = max(-m, min(s - t, m))
            a = table[distance + m]
            row.append((q[:, :, t] * (k[:, :, s] + a)).sum(-1) / math.sqrt(d))
        rows.append(torch.stack(row, dim=-1))
    return torch.stack(rows, dim=-2)


# %% right | column-per-row-then-gather | Multiplies each query with all rows of the table and gathers the right products.
import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = table.size(0) // 2
    products = torch.matmul(q, table.t())
    s = torch.arange(T)
    index = (s.view(1, T) - s.view(T, 1)).clamp(-m, m).add(m)
    moved = torch.gather(products, 3, index.expand(B, H, T, T))
    return (torch.matmul(q, k.mT) + moved) / d**0.5


# %% right | one-hot | One-hot rows of distances times the table, scaled queries.
import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    T, d = q.shape[2], q.shape[3]
    m = table.shape[0] // 2
    idx = torch.arange(T)
    rows = (idx - idx[:, None]).clamp(-m, m) + m
    hot = torch.nn.functional.one_hot(rows, 2 * m + 1).to(table.dtype)
    a = torch.einsum("tsr,rd->tsd", hot, table)
    q = q / math.sqrt(d)
    return torch.einsum("bhtd,bhsd->bhts", q, k) + torch.einsum("bhtd,tsd->bhts", q, a)


# %% right | batched-by-query | A matrix product for each query position, through reshape and bmm.
import math

import torch


def distance_rows(T: int, m: int) -> torch.Tensor:
    return torch.stack([torch.arange(-t, T - t).clamp(-m, m) for t in range(T)]) + m


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    B, H, T, d = q.shape
    m = (table.size(0) - 1) // 2
    a = torch.nn.functional.embedding(distance_rows(T, m), table)
    flat = q.permute(2, 0, 1, 3).reshape(T, B * H, d)
    position = torch.bmm(flat, a.transpose(1, 2))
    position = position.reshape(T, B, H, T).permute(1, 2, 0, 3)
    return (q.matmul(k.transpose(-1, -2)) + position).div(math.sqrt(d))
