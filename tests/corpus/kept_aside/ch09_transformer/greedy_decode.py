# %% right | recursive | recursion, ended rows are read off the tokens
import torch


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    def write(tokens):
        # a row has ended where eos stands behind the first column
        ended = (tokens[:, 1:] == eos_id).any(dim=1)
        if tokens.shape[1] >= max_len or bool(ended.all()):
            return tokens
        nxt = step(tokens).argmax(-1)
        nxt[ended] = eos_id
        return write(torch.cat((tokens, nxt.unsqueeze(1)), 1))

    with torch.no_grad():
        return write(torch.tensor([[bos_id]] * batch_size))

# %% right | arithmetic-mask | whole numbers as mask, gradients switched off and on by hand
import torch


def greedy_decode(step, bos_id: int, eos_id: int, max_len: int, batch_size: int = 1):
    was_enabled = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        tokens = torch.zeros(batch_size, 1, dtype=torch.int64) + bos_id
        alive = torch.ones(batch_size, dtype=torch.int64)
        for _ in range(1, max_len):
            guess = step(tokens).argsort(dim=-1, descending=True)[:, 0]
            guess = guess * alive + eos_id * (1 - alive)
            alive = alive * (guess != eos_id).long()
            tokens = torch.hstack([tokens, guess.reshape(-1, 1)])
            if alive.sum() == 0:
                break
        return tokens
    finally:
        torch.set_grad_enabled(was_enabled)

# %% wrong | forgets-the-end | which rows have ended is computed afresh from the raw choice, so an ended row wakes up after one eos
from collections.abc import Callable

import torch


def greedy_decode(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    max_len: int,
    batch_size: int = 1,
) -> torch.Tensor:
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    with torch.no_grad():
        while tokens.size(1) < max_len:
            logits = step(tokens)
            chosen = logits.argmax(dim=-1)
            tokens = torch.cat([tokens, chosen.masked_fill(ended, eos_id)[:, None]], dim=1)
            ended = chosen == eos_id
            if ended.all():
                break
    return tokens

# %% wrong | warm-up-call | step is called once more at the start to find out V, so a cache is fed bos twice
from collections.abc import Callable

import torch


def greedy_decode(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    max_len: int,
    batch_size: int = 1,
) -> torch.Tensor:
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    with torch.no_grad():
        n_vocab = step(tokens).size(-1)
        assert n_vocab > 0
        while tokens.size(1) < max_len:
            logits = step(tokens)
            chosen = logits.argmax(dim=-1)
            chosen = chosen.masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens

# %% wrong | not-trimmed | the table stays max_len wide, with columns of eos behind the last end
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    # a table that is full of eos from the start, cut at the end
    out = torch.full((batch_size, max_len), eos_id, dtype=torch.long)
    out[:, 0] = bos_id
    open_rows = torch.ones(batch_size, dtype=torch.bool)
    length = 1
    for t in range(1, max_len):
        best = torch.max(step(out[:, :t].clone()), dim=1).indices
        out[open_rows, t] = best[open_rows]
        open_rows &= best != eos_id
        length = t + 1
        if not open_rows.any():
            break
    return out

# %% wrong | eos-forced | the last place of a row that did not end is overwritten with eos
from collections.abc import Callable

import torch


def greedy_decode(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    max_len: int,
    batch_size: int = 1,
) -> torch.Tensor:
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    with torch.no_grad():
        while tokens.size(1) < max_len:
            logits = step(tokens)
            chosen = logits.argmax(dim=-1)
            chosen = chosen.masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    if max_len > 1 and tokens.size(1) == max_len:
        tokens[:, -1] = eos_id
    return tokens

# %% wrong | x-argmax-in-single | logits become float32 first, where two float64 logits can be equal that were not
import torch


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.long)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    with torch.no_grad():
        while tokens.size(1) < max_len and not ended.all():
            logits = step(tokens).float()
            chosen = logits.argmax(dim=-1).masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
    return tokens


# %% wrong | x-ended-rows-not-asked | step gets only the rows that have not ended, but it must get all B each time
from collections.abc import Callable

import torch


@torch.no_grad()
def greedy_decode(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    max_len: int,
    batch_size: int = 1,
) -> torch.Tensor:
    tokens = torch.full((batch_size, 1), bos_id)
    alive = torch.arange(batch_size)
    while tokens.shape[1] < max_len and len(alive) > 0:
        column = torch.full((batch_size,), eos_id)
        column[alive] = step(tokens[alive]).argmax(dim=-1)
        tokens = torch.cat((tokens, column.unsqueeze(1)), dim=1)
        alive = alive[column[alive] != eos_id]
    return tokens
