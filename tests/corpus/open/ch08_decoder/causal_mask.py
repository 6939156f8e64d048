# %% wrong | strict-past | compares with < so that a query does not see its own position (stub: its own position and all earlier ones)
import torch


def causal_mask(length: int, past: int = 0) -> torch.Tensor:
    keys = torch.arange(past + length)
    queries = torch.arange(past, past + length)
    return keys < queries[:, None]

# %% wrong | triu-kept | keeps the upper triangle, so each query sees itself and the later ones (stub: to no later one)
import torch

def causal_mask(length, past=0):
    return torch.ones(length, past + length, dtype=torch.bool).triu(past)

# %% wrong | true-is-masked | True where attention is forbidden, as in torch's own MultiheadAttention (stub: True where query t may attend)
import torch

def causal_mask(length, past=0):
    return torch.triu(torch.ones(length, past + length, dtype=torch.bool), diagonal=past + 1)

# %% wrong | additive-floats | gives 0 and -inf to be added, in float32 (stub: Boolean)
import torch

def causal_mask(length, past=0):
    m = torch.full((length, past + length), float('-inf'))
    return torch.triu(m, diagonal=past + 1)

# %% wrong | past-ignored | a square mask that has no columns for the past (stub: (T, past + T))
import torch

def causal_mask(length, past=0):
    # past tokens are already done
    return torch.tril(torch.ones(length, length)).bool()

# %% wrong | triangle-from-the-corner | tril without a diagonal, so with a past query t stands at position t (stub: at past + t)
import torch

def causal_mask(length, past=0):
    return torch.tril(torch.ones(length, past + length)).bool()

# %% wrong | whole-sequence-queries | gives one row for every position, the past ones too (stub: (T, past + T), the past are only keys)
import torch

def causal_mask(length, past=0):
    n = past + length
    idx = torch.arange(n)
    return idx[None, :] <= idx[:, None]

# %% wrong | past-columns-last | puts the open columns of the past behind the triangle of the new ones (stub: positions counted from 0, the first past were there before)
import torch

def causal_mask(length, past=0):
    new = torch.ones(length, length, dtype=torch.bool).tril()
    old = torch.ones(length, past, dtype=torch.bool)
    return torch.cat([new, old], dim=1)

# %% wrong | uint8-zeros-and-ones | zeros and ones in uint8 (stub: Boolean)
import torch

def causal_mask(length, past=0):
    mask = torch.zeros(length, past + length, dtype=torch.uint8)
    for t in range(length):
        mask[t, : past + t + 1] = 1
    return mask

# %% wrong | past-limited-by-length | the diagonal is cut at the length, so a past longer than T is placed wrongly (stub: query t stands at past + t)
import torch

def causal_mask(length, past=0):
    diagonal = min(past, length)
    return torch.ones(length, past + length, dtype=torch.bool).tril(diagonal)

# %% right | positions-compared | a column of positions compared with a row
import torch


def causal_mask(length: int, past: int = 0) -> torch.Tensor:
    keys = torch.arange(past + length)
    queries = torch.arange(past, past + length)
    return keys <= queries[:, None]

# %% right | nested-lists | a list of lists, Pythonic
import torch

def causal_mask(length, past=0):
    return torch.tensor([[s <= past + t for s in range(past + length)] for t in range(length)])

# %% right | rows-filled | a loop over rows, verbose student code
import torch

def causal_mask(length, past=0):
    mask = torch.zeros((length, past + length), dtype=torch.bool)
    for t in range(length):
        number_of_keys = past + t + 1   # itself too
        mask[t, 0:number_of_keys] = True
    return mask

# %% right | two-blocks | a block of the past beside a triangle of the new
import torch

def causal_mask(length, past=0):
    old = torch.ones(length, past, dtype=torch.bool)
    new = ~torch.ones(length, length, dtype=torch.bool).triu(diagonal=1)
    return torch.cat((old, new), dim=-1)

# %% wrong | leading-axes | adds two axes in front for batch and heads (stub: (T, past + T))
import torch


def causal_mask(length, past=0):
    total = past + length
    mask = torch.ones(length, total, dtype=torch.bool).tril(past)
    return mask[None, None]

# %% wrong | keys-by-queries | keys stand in rows and queries in columns (stub: (T, past + T))
import torch


def causal_mask(length, past=0):
    keys = torch.arange(past + length)[:, None]
    queries = torch.arange(past, past + length)[None, :]
    return keys <= queries

# %% wrong | half-precision-positions | compares positions in float16, where whole numbers above 2048 are rounded (stub: to no later one)
import torch


def causal_mask(length, past=0):
    queries = torch.arange(past, past + length).to(torch.float16)
    keys = torch.arange(past + length).to(torch.float16)
    return keys[None, :] <= queries[:, None]

# %% wrong | past-closed | the columns of the past are all False (stub: all earlier ones)
import torch


def causal_mask(length, past=0):
    before = torch.zeros(length, past, dtype=torch.bool)
    new = torch.ones(length, length, dtype=torch.bool).tril()
    return torch.cat([before, new], dim=1)

# %% wrong | newest-first | numbers the keys from the newest to the oldest (stub: positions counted from 0)
import torch


def causal_mask(length, past=0):
    mask = torch.ones(length, past + length, dtype=torch.bool).tril(past)
    return mask.flip(1)

# %% wrong | past-and-self-alone | a query sees the past and itself, and none of the new ones before it (stub: all earlier ones)
import torch


def causal_mask(length, past=0):
    mask = torch.zeros(length, past + length, dtype=torch.bool)
    mask[:, :past] = True
    for t in range(length):
        mask[t, past + t] = True
    return mask
