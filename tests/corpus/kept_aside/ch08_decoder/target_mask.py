# %% wrong | counted-lengths | counts the real tokens and takes them to stand at the front (stub: padding can stand anywhere)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    lengths = (tokens != pad_id).sum(dim=1)
    pos = torch.arange(T, device=tokens.device)
    real = pos[None, :] < lengths[:, None]
    return real[:, None, None, :] & (pos[None, :] <= pos[:, None])

# %% wrong | edits-the-tokens | sets padding to 0 in the caller's tokens (stub: tokens is not changed)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    real = tokens != pad_id
    tokens[~real] = 0   # tidy up
    return real[:, None, None, :] & causal

# %% wrong | product-of-ints | multiplies int masks and forgets to turn them into Boolean (stub: Boolean)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    keep = (tokens != pad_id).long()[:, None, None, :]
    return keep * torch.ones(T, T, dtype=torch.long, device=tokens.device).tril()

# %% wrong | never-hides-the-start | position 0 always open, since 'there stands the start token' (stub: token s is not padding; all False where a sequence starts with padding)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    real = tokens != pad_id
    real[:, 0] = True
    return real[:, None, None, :] & causal

# %% right | einsum-of-masks | einsum over integers, then a comparison
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    real = (tokens != pad_id).to(torch.int32)
    n = real.shape[1]
    before = torch.tril(torch.ones((n, n), dtype=torch.int32, device=real.device))
    return torch.einsum('bs,ts->bts', real, before).unsqueeze(1) > 0

# %% right | row-by-row-stack | one row for each query, stacked
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    real = tokens != pad_id
    rows = []
    for t in range(tokens.shape[1]):
        row = real.clone()
        row[:, t + 1:] = False
        rows.append(row)
    return torch.stack(rows, dim=1)[:, None]
