# %% wrong | rolled-flat | roll without dims moves the flattened transposed tensor by one, so tokens go to the next row and not to the next position.
import torch


def shift_right(tokens, bos_id, pad_id):
    out = tokens.t().contiguous().roll(1).t().contiguous()
    out[:, 0] = bos_id
    return out.masked_fill(out < 0, pad_id)

# %% wrong | clamped-to-padding | clamp(min=pad_id) makes pad_id out of negative numbers but also out of tokens smaller than it.
import torch


def shift_right(tokens, bos_id, pad_id):
    first = torch.full_like(tokens[:, :1], bos_id)
    return torch.cat([first, tokens[:, :-1].clamp(min=pad_id)], dim=1)

# %% wrong | bos-before-padding-too | The free place and the negative ones all get bos_id; negative ones must become pad_id.
import torch


def shift_right(tokens, bos_id, pad_id):
    ids = torch.cat([torch.full_like(tokens[:, :1], -1), tokens[:, :-1]], dim=1)
    return torch.where(ids < 0, torch.full_like(ids, bos_id), ids)

# %% wrong | floats-come-out | The new tensor is made by torch.zeros without a dtype, so it is float32 and not int64.
import torch


def shift_right(tokens, bos_id, pad_id):
    B, T = tokens.shape
    shifted = torch.zeros(B, T)
    shifted[:, 0] = bos_id
    shifted[:, 1:] = tokens[:, :-1]
    shifted[shifted < 0] = pad_id
    return shifted

# %% right | gathered | gather with an index that stands one place behind
import torch


def shift_right(tokens, bos_id, pad_id):
    places = (torch.arange(tokens.size(1), device=tokens.device) - 1).clamp(min=0)
    before = tokens.gather(1, places.expand_as(tokens))
    before = before.where(before >= 0, torch.full_like(before, pad_id))
    before[:, 0] = bos_id
    return before

# %% right | column-loop | a list of columns that are stacked
import torch


def shift_right(tokens: torch.Tensor, bos_id: int, pad_id: int) -> torch.Tensor:
    columns = [torch.full_like(tokens[:, 0], bos_id)]
    for t in range(1, tokens.shape[1]):
        previous = tokens[:, t - 1].clone()
        previous[previous < 0] = pad_id
        columns.append(previous)
    return torch.stack(columns, dim=1)

# %% wrong | x-clamped-to-padding | clamp(min=pad_id) also lifts real tokens below pad_id; right for padding 0 only
import torch


def shift_right(tokens: torch.Tensor, bos_id: int, pad_id: int) -> torch.Tensor:
    shifted = torch.full_like(tokens, bos_id)
    shifted[:, 1:] = tokens[:, :-1].clamp(min=pad_id)
    return shifted


# %% wrong | x-padding-to-the-end | all that stands behind the first negative number becomes padding, also real tokens
import torch


def shift_right(tokens, bos_id, pad_id):
    over = (tokens < 0).cumsum(dim=1) > 0  # padding is at the end
    clean = torch.where(over, pad_id, tokens)
    bos = tokens.new_full((tokens.size(0), 1), bos_id)
    return torch.cat([bos, clean[:, :-1]], dim=1)
