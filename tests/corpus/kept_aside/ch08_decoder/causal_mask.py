# %% wrong | state-in-a-cache | keeps the mask by length alone in a module-level dict, so another past gets the old mask (stub: (T, past + T))
import torch

_masks = {}


def causal_mask(length, past=0):
    if length not in _masks:
        _masks[length] = torch.ones(length, past + length, dtype=torch.bool).tril(past)
    return _masks[length]

# %% wrong | single-query-shortcut | a shortcut for one query squeezes the row to one dimension (stub: (T, past + T))
import torch

def causal_mask(length, past=0):
    if length == 1:
        return torch.ones(past + 1, dtype=torch.bool)   # sees everything
    i = torch.arange(length)[:, None] + past
    return torch.arange(past + length)[None, :] <= i

# %% wrong | window-of-t | shows only the last T keys to each query (stub: all earlier ones)
import torch

def causal_mask(length, past=0):
    q = torch.arange(past, past + length)[:, None]
    k = torch.arange(past + length)[None]
    return (k <= q) & (q - k < length)

# %% wrong | one-ahead-with-past | the diagonal is one too far, but only with a past (stub: to no later one)
import torch

def causal_mask(length, past=0):
    edge = past + 1 if past > 0 else 0
    return torch.ones(length, past + length).tril(edge) == 1

# %% right | bottom-rows-of-the-square | the last T rows of the whole square triangle
import torch

def causal_mask(length, past=0):
    n = past + length
    return torch.ones(n, n, dtype=torch.bool).tril()[past:].clone()

# %% right | counting-by-cumsum | a one on each diagonal place, the allowed ones found by a sum from the right
import torch


def causal_mask(length: int, past: int = 0) -> torch.Tensor:
    own = torch.zeros(length, past + length, dtype=torch.int64)
    rows = torch.arange(length)
    own[rows, rows + past] = 1
    return own.flip(1).cumsum(1).flip(1).bool()
