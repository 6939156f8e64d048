# %% wrong | no-head-axis | gives (B, T, T) (stub: (B, 1, T, T))
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return (tokens != pad_id)[:, None, :] & causal

# %% wrong | zero-is-padding | compares with 0 instead of pad_id (stub: may be any whole number)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return (tokens != 0)[:, None, None, :] & causal

# %% wrong | padding-of-queries | hides by the query's padding instead of the key's (stub: token s is not padding)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return (tokens != pad_id)[:, None, :, None] & causal

# %% wrong | or-instead-of-and | one of the two is enough (stub: both must hold)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return (tokens != pad_id)[:, None, None, :] | causal

# %% wrong | true-hides | True where attention is forbidden, by the convention of key_padding_mask (stub: True where query t may attend)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.size(1)
    future = torch.triu(torch.ones(T, T, device=tokens.device), diagonal=1).bool()
    pad = (tokens == pad_id).unsqueeze(1).unsqueeze(2)
    return pad | future

# %% wrong | query-and-key-real | padded queries see nothing (stub: whether the query itself is padding makes no difference)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    real = tokens != pad_id
    return (real[:, :, None] & real[:, None, :] & causal)[:, None]

# %% wrong | greater-than-pad | takes tokens > pad_id for real (stub: also in the middle of the vocabulary)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return (tokens > pad_id)[:, None, None, :] & causal

# %% wrong | diagonal-opened | opens the diagonal so that no row is empty (stub: a row in which nothing is allowed stays all False)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    mask = (tokens != pad_id)[:, None, None, :] & causal
    return mask | torch.eye(T, dtype=torch.bool, device=tokens.device)

# %% wrong | first-padding-ends-it | takes all behind the first padding for padding (stub: can stand at the start or between tokens)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    pads = (tokens == pad_id).cumsum(dim=1)
    return (pads == 0)[:, None, None, :] & causal

# %% wrong | batch-one-view | the padding of the first sequence for all (stub: of its own sequence)
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    m = (tokens[0] != pad_id)[None, None, None, :] & causal
    return m.expand(len(tokens), 1, T, T)

# %% right | broadcast-and | padding and triangle joined by &
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[1]
    causal = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return (tokens != pad_id)[:, None, None, :] & causal

# %% right | loops | loops over sequences, queries and keys
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    batch, length = tokens.shape
    mask = torch.zeros(batch, 1, length, length, dtype=torch.bool, device=tokens.device)
    for b in range(batch):
        for t in range(length):
            for s in range(t + 1):
                if int(tokens[b, s]) != pad_id:
                    mask[b, 0, t, s] = True
    return mask

# %% right | tril-of-the-expanded | expands the real keys to a square and cuts it
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    B, T = tokens.size()
    real = tokens.ne(pad_id).reshape(B, 1, 1, T)
    return real.repeat(1, 1, T, 1).tril()

# %% right | hidden-turned | collects what is hidden, then turns it
import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    T = tokens.shape[-1]
    place = torch.arange(T, device=tokens.device)
    late = place.unsqueeze(0) > place.unsqueeze(1)
    pad = tokens.eq(pad_id).unsqueeze(1).unsqueeze(1)
    return torch.logical_not(torch.logical_or(pad, late))

# %% wrong | no-triangle | hides padding alone, and the future is open (stub: s is no later than t)
import torch


def target_mask(tokens, pad_id):
    real = tokens != pad_id
    length = tokens.shape[1]
    return real[:, None, None, :].expand(-1, 1, length, -1)

# %% wrong | own-position-hidden | the triangle leaves out the diagonal (stub: s is no later than t, so s = t is allowed)
import torch


def target_mask(tokens, pad_id):
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril(-1)
    return causal & (tokens != pad_id)[:, None, None, :]

# %% wrong | past-hidden | keeps the upper triangle (stub: s is no later than t)
import torch


def target_mask(tokens, pad_id):
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=tokens.device).triu()
    return causal & (tokens != pad_id)[:, None, None, :]

# %% wrong | flat-view | uses view, which fails for tokens that are not contiguous (stub: need not be contiguous)
import torch


def target_mask(tokens, pad_id):
    batch = tokens.shape[0]
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
    real = torch.tensor([token != pad_id for token in tokens.view(-1).tolist()], device=tokens.device)
    return real.view(batch, 1, 1, length) & causal

# %% wrong | only-the-run-at-the-end | hides only the padding behind the last real token (stub: padding can stand anywhere)
import torch


def target_mask(tokens, pad_id):
    real = tokens != pad_id
    # a key counts as long as a real token stands at it or somewhere behind it
    kept = real.long().flip(1).cumsum(1).flip(1) > 0
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
    return kept[:, None, None, :] & causal

# %% wrong | low-byte-of-the-ids | compares only the lowest byte, so an id 256 further on counts as padding (stub: token s is not padding; any whole number)
import torch


def target_mask(tokens, pad_id):
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=tokens.device).tril()
    real = (tokens & 255) != (pad_id & 255)
    return real[:, None, None, :] & causal
