# %% wrong | zero-fixed | the given pad_id is not used, only 0 counts as padding
import torch


def padding_mask(tokens, pad_id):
    return (tokens != 0)[:, None, None, :]

# %% wrong | true-is-padding | True stands at padding instead of at real tokens
import torch


def padding_mask(tokens, pad_id):
    return (tokens == pad_id).unsqueeze(1).unsqueeze(1)

# %% wrong | greater-than | ids below pad_id are taken for padding, though padding may be in the middle of the vocabulary
import torch


def padding_mask(tokens, pad_id):
    mask = tokens > pad_id
    return mask[:, None, None, :]

# %% wrong | query-also-hidden | rows of padding queries are hidden and the shape is (B, 1, S, S)
import torch


def padding_mask(tokens, pad_id):
    real = tokens != pad_id
    pairs = real[:, :, None] & real[:, None, :]
    return pairs.unsqueeze(1)

# %% wrong | three-axes | the shape is (B, 1, S) and not (B, 1, 1, S)
import torch


def padding_mask(tokens, pad_id):
    return (tokens != pad_id).unsqueeze(1)

# %% wrong | keys-as-queries | the axis of the keys stands in the place of the queries
import torch


def padding_mask(tokens, pad_id):
    real = tokens != pad_id
    return real[:, None, :, None]

# %% wrong | additive | gives a float mask to be added, not a Boolean one
import torch


def padding_mask(tokens, pad_id):
    scores = torch.zeros(tokens.shape)
    scores = scores.masked_fill(tokens == pad_id, float("-inf"))
    return scores[:, None, None, :]

# %% wrong | ones-and-zeros | gives whole numbers instead of Booleans
import torch


def padding_mask(tokens, pad_id):
    return (tokens != pad_id).long()[:, None, None, :]

# %% wrong | by-length | takes padding to stand at the end always, but it can stand anywhere
import torch


def padding_mask(tokens, pad_id):
    lengths = (tokens != pad_id).sum(dim=1, keepdim=True)
    places = torch.arange(tokens.shape[1])
    return (places < lengths)[:, None, None, :]

# %% wrong | stops-at-first-pad | every token behind the first padding is hidden, though it may be real
import torch


def padding_mask(tokens, pad_id):
    real = (tokens != pad_id).long()
    return real.cumprod(dim=1).bool()[:, None, None]

# %% wrong | batch-second | the shape is (1, B, 1, S): sequences stand where heads belong
import torch


def padding_mask(tokens, pad_id):
    return (tokens != pad_id)[None, :, None, :]

# %% wrong | flat-view | view fails where tokens is not contiguous
import torch


def padding_mask(tokens, pad_id):
    B, S = tokens.shape
    flat = tokens.view(B * S)
    return (flat != pad_id).view(B, 1, 1, S)

# %% wrong | changes-tokens | writes 0 and 1 into the tokens of the caller
import torch


def padding_mask(tokens, pad_id):
    real = tokens != pad_id
    tokens[real] = 1
    tokens[~real] = 0
    return tokens.bool()[:, None, None, :]

# %% wrong | sign-lost | compares absolute values, so 3 is padding when pad_id is -3
import torch


def padding_mask(tokens, pad_id):
    return (tokens.abs() != abs(pad_id))[:, None, None, :]

# %% right | index-none | one-liner with None
import torch


def padding_mask(tokens, pad_id):
    return (tokens != pad_id)[:, None, None, :]

# %% right | unsqueeze-twice | unsqueeze, named steps
import torch


def padding_mask(tokens, pad_id):
    is_real = torch.ne(tokens, pad_id)
    is_real = is_real.unsqueeze(1)
    return is_real.unsqueeze(2)

# %% right | loops | plain loops over sequences and positions
import torch


def padding_mask(tokens, pad_id):
    B, S = tokens.shape
    out = torch.zeros(B, 1, 1, S, dtype=torch.bool, device=tokens.device)
    for b in range(B):
        for s in range(S):
            if tokens[b, s].item() != pad_id:
                out[b, 0, 0, s] = True
    return out

# %% right | not-equal-reversed | negates the padding and reshapes
import torch


def padding_mask(tokens, pad_id):
    batch, length = tokens.size()
    padding = tokens.eq(pad_id)
    return padding.logical_not().reshape(batch, 1, 1, length)

# %% right | filled | starts from all True and writes False at padding
import torch


def padding_mask(tokens, pad_id):
    keep = torch.ones_like(tokens, dtype=torch.bool)
    keep[tokens == pad_id] = False
    return keep[:, None, None]
