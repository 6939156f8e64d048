# %% wrong | rescued-row | a sequence of padding alone may see its first key, but all must be False
import torch


def padding_mask(tokens, pad_id):
    real = tokens != pad_id
    empty = ~real.any(dim=1)
    real[empty, 0] = True
    return real[:, None, None, :]

# %% wrong | causal-too | queries see no later keys, and the shape is (B, 1, S, S)
import torch


def padding_mask(tokens, pad_id):
    S = tokens.shape[1]
    past = torch.tril(torch.ones(S, S)).bool()
    return (tokens != pad_id)[:, None, None, :] & past

# %% wrong | expanded | is blown up to (B, 1, S, S) instead of (B, 1, 1, S)
import torch


def padding_mask(tokens, pad_id):
    B, S = tokens.shape
    return (tokens != pad_id)[:, None, None, :].expand(B, 1, S, S)

# %% wrong | default-for-falsy | a pad_id of 0 is replaced with -1
import torch


def padding_mask(tokens, pad_id):
    pad_id = pad_id or -1
    return (tokens != pad_id)[:, None, None, :]

# %% wrong | first-sequence-for-all | the padding of sequence 0 is used for all of them
import torch


def padding_mask(tokens, pad_id):
    mask = torch.empty(len(tokens), 1, 1, tokens.shape[1], dtype=torch.bool)
    mask[:] = tokens[0] != pad_id
    return mask

# %% wrong | byte-ids | ids are cut to eight bits, so ids that differ by 256 are the same
import torch


def padding_mask(tokens, pad_id):
    small = tokens.to(torch.uint8)
    return (small != pad_id % 256)[:, None, None, :]

# %% right | xor | exclusive or with True
import torch


def padding_mask(tokens, pad_id):
    return ((tokens == pad_id) ^ True).view(tokens.size(0), 1, 1, -1) if tokens.numel() else (tokens != pad_id)[:, None, None]

# %% right | difference | a difference as a truth value
import torch


def padding_mask(tokens, pad_id):
    return (tokens.long() - pad_id).bool()[:, None, None, :]

# %% right | stack-rows | stacks rows made one at a time
import torch


def padding_mask(tokens, pad_id):
    rows = []
    for sequence in tokens:
        rows.append((sequence != pad_id).reshape(1, 1, -1))
    return torch.stack(rows)
