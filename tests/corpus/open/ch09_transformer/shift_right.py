# %% wrong | nothing-shifted | The target is returned as it is but for the negative numbers, so BOS never comes first.
import torch


def shift_right(tokens, bos_id, pad_id):
    return tokens.masked_fill(tokens < 0, pad_id)

# %% wrong | rolled-round | roll brings the last token to the front where BOS has to stand.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = tokens.roll(1, dims=1)
    return shifted.masked_fill(shifted < 0, pad_id)

# %% wrong | last-one-stays | BOS is put in front and nothing is left out, so the result is (B, T + 1).
import torch


def shift_right(tokens, bos_id, pad_id):
    bos = torch.full((tokens.size(0), 1), bos_id, dtype=tokens.dtype, device=tokens.device)
    out = torch.cat([bos, tokens], dim=1)
    return torch.where(out < 0, torch.full_like(out, pad_id), out)

# %% wrong | negative-stays | Negative numbers are passed on although each of them must become pad_id.
import torch


def shift_right(tokens, bos_id, pad_id):
    out = torch.full_like(tokens, bos_id)
    out[:, 1:] = tokens[:, :-1]
    return out

# %% wrong | to-the-left | Shifts the other way: the first token falls off and BOS stands at the end.
import torch


def shift_right(tokens, bos_id, pad_id):
    out = torch.full_like(tokens, bos_id)
    out[:, :-1] = tokens[:, 1:]
    out[out < 0] = pad_id
    return out

# %% wrong | overwrites-target | Works in the argument itself, which must not be changed; no new tensor is made.
import torch


def shift_right(tokens, bos_id, pad_id):
    tokens[:, 1:] = tokens[:, :-1].clone()
    tokens[:, 0] = bos_id
    tokens[tokens < 0] = pad_id
    return tokens

# %% wrong | hundred-only | Looks for -100 alone, while every negative number has to become pad_id.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = tokens.new_full(tokens.shape, bos_id)
    shifted[:, 1:] = tokens[:, :-1]
    return shifted.masked_fill(shifted == -100, pad_id)

# %% wrong | zero-is-no-token | Uses <= 0, so token 0 becomes pad_id as well, but the numbers from 0 on are tokens.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = torch.full_like(tokens, bos_id)
    shifted[:, 1:] = tokens[:, :-1]
    shifted[:, 1:][shifted[:, 1:] <= 0] = pad_id
    return shifted

# %% wrong | last-real-one-dropped | Leaves out the last real token of each row (EOS) instead of what stands at place T - 1.
import torch


def shift_right(tokens, bos_id, pad_id):
    rows = []
    for row in tokens.tolist():
        real = [t for t in row if t >= 0]
        read = [bos_id] + real[:-1]
        rows.append(read + [pad_id] * (len(row) - len(read)))
    return torch.tensor(rows, dtype=torch.int64, device=tokens.device)

# %% wrong | mask-not-moved | The mask of the negative places is that of the unshifted target, so pad_id stands one place too early.
import torch


def shift_right(tokens, bos_id, pad_id):
    ignored = tokens < 0
    shifted = torch.full_like(tokens, bos_id)
    shifted[:, 1:] = tokens[:, :-1].clamp(min=0)
    return shifted.masked_fill(ignored, pad_id)

# %% right | slices | full_like and a slice
import torch


def shift_right(tokens: torch.Tensor, bos_id: int, pad_id: int) -> torch.Tensor:
    shifted = torch.full_like(tokens, bos_id)
    shifted[:, 1:] = tokens[:, :-1]
    return shifted.masked_fill(shifted < 0, pad_id)

# %% right | cat-where | cat of a column and of what torch.where gives
import torch


def shift_right(tokens, bos_id, pad_id):
    kept = tokens[:, :-1]
    kept = torch.where(kept >= 0, kept, pad_id)
    first = tokens.new_full((tokens.shape[0], 1), bos_id)
    return torch.cat((first, kept), dim=-1)

# %% right | plain-lists | Python lists, row by row
import torch


def shift_right(tokens, bos_id, pad_id):
    result = []
    for sentence in tokens.tolist():
        new_sentence = [bos_id]
        for token in sentence[: len(sentence) - 1]:
            if token < 0:
                new_sentence.append(pad_id)
            else:
                new_sentence.append(token)
        result.append(new_sentence)
    return torch.tensor(result, dtype=tokens.dtype, device=tokens.device)

# %% right | roll-and-overwrite | roll of a new tensor whose first column is overwritten
import torch


def shift_right(tokens, bos_id, pad_id):
    out = torch.roll(tokens, shifts=1, dims=1)
    out[out < 0] = pad_id
    out[:, 0] = bos_id
    return out

# %% wrong | bos-by-batch | BOS is put into the first row and not into the first column, and the rows move down instead of to the right.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = torch.full_like(tokens, bos_id)
    shifted[1:] = tokens[:-1]
    return shifted.masked_fill(shifted < 0, pad_id)

# %% wrong | two-places | Moves the tokens by two places, so position t holds the token two before the target token.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = torch.full_like(tokens, bos_id)
    shifted[:, 2:] = tokens[:, :-2]
    return shifted.masked_fill(shifted < 0, pad_id)

# %% wrong | second-bos-removed | Tokens equal to bos_id become pad_id, but they are tokens like any other.
import torch


def shift_right(tokens, bos_id, pad_id):
    before = tokens[:, :-1]
    before = before.masked_fill((before < 0) | (before == bos_id), pad_id)
    return torch.cat([torch.full_like(tokens[:, :1], bos_id), before], dim=1)

# %% wrong | single-token-empty | A target of one token comes out as it is, where BOS has to stand.
import torch


def shift_right(tokens, bos_id, pad_id):
    if tokens.size(1) < 2:
        return tokens.clone()
    shifted = tokens.roll(1, dims=1)
    shifted[:, 0] = bos_id
    return shifted.masked_fill(shifted < 0, pad_id)

# %% wrong | padded-from-first-negative | Everything after the first negative number becomes pad_id, real tokens behind it too.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = tokens.roll(1, dims=1)
    shifted[:, 0] = bos_id
    ended = (shifted < 0).cumsum(dim=1) > 0
    return shifted.masked_fill(ended, pad_id)

# %% wrong | first-token-overwritten | BOS is written over the first token and nothing moves.
import torch


def shift_right(tokens, bos_id, pad_id):
    shifted = tokens.clone()
    shifted[:, 0] = bos_id
    return shifted.masked_fill(shifted < 0, pad_id)

# %% right | pad-then-where | F.pad on the left with bos and a negative pad on the right, torch.where
"""Teacher forcing: what the decoder reads while it learns to predict the target."""

import torch


def shift_right(tokens: torch.Tensor, bos_id: int, pad_id: int) -> torch.Tensor:
    """Make the decoder's input from the target: begin with BOS, and leave the last token out.

    In training the decoder reads the right tokens and not its own guesses. Position t of its input
    holds the token that comes before target token t, so it has to predict a token that it has not
    read yet.

    Args:
        tokens: (B, T), int64, the target, with T at least 1. The numbers from 0 on are tokens. A
            negative one, often −100, is not a token: it says that the loss ignores this place. It
            need not be contiguous, and is not changed.
        bos_id: The token that begins every sequence, at least 0.
        pad_id: What stands in the place of a negative number, since a model can look up tokens
            only, at least 0.

    Returns:
        (B, T), int64, a new tensor. In each row `bos_id` comes first, then the tokens 0 to T − 2,
        where each negative number has become `pad_id`. Tokens that happen to be equal to `bos_id`
        or `pad_id` are tokens like any other.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.1 and figure 1.

    >>> shift_right(torch.tensor([[7, 8, 9, 2], [5, 2, -100, -100]]), bos_id=1, pad_id=0)
    tensor([[1, 7, 8, 9],
            [1, 5, 2, 0]])
    """
    clean = torch.where(tokens < 0, torch.full_like(tokens, pad_id), tokens)
    return torch.nn.functional.pad(clean, (1, -1), value=bos_id)
