# %% right | mask-and-cat | while loop with masked_fill, cat and a Boolean per row
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
    return tokens

# %% right | table-cut | a table full of eos, filled column by column and cut at the end
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
    return out[:, :length].clone()

# %% right | lists | plain Python lists, one row after the other
import torch


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    rows = [[bos_id] for _ in range(batch_size)]
    done = [False] * batch_size
    for _ in range(max_len - 1):
        if all(done):
            break
        with torch.no_grad():
            logits = step(torch.tensor(rows, dtype=torch.int64))
        for b in range(batch_size):
            if done[b]:
                rows[b].append(eos_id)
                continue
            token = int(torch.argmax(logits[b]))
            rows[b].append(token)
            if token == eos_id:
                done[b] = True
    return torch.tensor(rows, dtype=torch.int64)

# %% right | writer-class | a small class that collects columns
import torch


class _Writer:
    """The rows written so far, and which of them are over."""

    def __init__(self, bos_id, eos_id, rows):
        self.eos_id = eos_id
        self.columns = [torch.full((rows,), bos_id)]
        self.over = torch.full((rows,), False)

    def tokens(self):
        return torch.stack(self.columns, dim=1)

    def add(self, best):
        column = torch.where(self.over, self.eos_id, best)
        self.columns.append(column)
        self.over = torch.logical_or(self.over, column.eq(self.eos_id))


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    writer = _Writer(bos_id, eos_id, batch_size)
    with torch.no_grad():
        while len(writer.columns) < max_len and not bool(writer.over.all()):
            writer.add(step(writer.tokens()).topk(1, dim=-1).indices.squeeze(-1))
    return writer.tokens()

# %% wrong | bos-not-counted | max_len new tokens are written after bos, so rows get max_len + 1 tokens
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
        while tokens.size(1) - 1 < max_len:
            logits = step(tokens)
            chosen = logits.argmax(dim=-1)
            chosen = chosen.masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens

# %% wrong | rows-go-on | an ended row goes on with what its logits say instead of being filled up with eos
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
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens

# %% wrong | bos-ends | where bos_id is eos_id, every row counts as ended at the beginning
import torch


def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    def write(tokens):
        # a row has ended where eos stands behind the first column
        ended = (tokens == eos_id).any(dim=1)
        if tokens.shape[1] >= max_len or bool(ended.all()):
            return tokens
        nxt = step(tokens).argmax(-1)
        nxt[ended] = eos_id
        return write(torch.cat((tokens, nxt.unsqueeze(1)), 1))

    with torch.no_grad():
        return write(torch.tensor([[bos_id]] * batch_size))

# %% wrong | gradients-recorded | step runs with gradients being recorded; only the result is detached
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
    if True:
        while tokens.size(1) < max_len:
            logits = step(tokens)
            chosen = logits.argmax(dim=-1)
            chosen = chosen.masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens.detach()

# %% wrong | last-token-only | step gets only the newest token instead of all the tokens so far
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
            logits = step(tokens[:, -1:])
            chosen = logits.argmax(dim=-1)
            chosen = chosen.masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens

# %% wrong | first-ended-stops | writing stops as soon as any row has ended
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
            if ended.any():
                break
    return tokens

# %% wrong | checked-too-late | the end is looked at before the new column is counted, so a column of eos stands behind the last end
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
            if ended.all():
                break
            ended = ended | (chosen == eos_id)
    return tokens

# %% wrong | filled-with-zero | ended rows are filled up with 0, as if it were padding, not with eos
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
            chosen = chosen.masked_fill(ended, 0)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens

# %% wrong | rows-dropped | step gets only the rows that have not ended, so row b no longer belongs to its sentence
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    # a table that is full of eos from the start, cut at the end
    out = torch.full((batch_size, max_len), eos_id, dtype=torch.long)
    out[:, 0] = bos_id
    open_rows = torch.ones(batch_size, dtype=torch.bool)
    length = 1
    for t in range(1, max_len):
        best = torch.max(step(out[open_rows, :t]), dim=1).indices
        out[open_rows, t] = best
        open_rows = open_rows & (out[:, t] != eos_id)
        length = t + 1
        if not open_rows.any():
            break
    return out[:, :length].clone()

# %% wrong | rounded-to-float32 | float64 logits are rounded to float32 first, so two near ones become equal and the wrong one may win
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
            logits = step(tokens).to(torch.float32)
            chosen = logits.argmax(dim=-1)
            chosen = chosen.masked_fill(ended, eos_id)
            tokens = torch.cat([tokens, chosen[:, None]], dim=1)
            ended = ended | (chosen == eos_id)
            if ended.all():
                break
    return tokens

# %% wrong | row-zero-for-all | every row takes the token that is best for the first row, not the one with its own largest logit
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    while tokens.size(1) < max_len:
        logits = step(tokens)
        chosen = logits[0].argmax().repeat(batch_size)
        chosen[ended] = eos_id
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        ended = ended | (chosen == eos_id)
        if ended.all():
            break
    return tokens

# %% wrong | starts-from-zero | the largest logit is sought by hand beginning at 0, so a row of negative logits always takes token 0
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    while tokens.size(1) < max_len:
        logits = step(tokens)
        picks = []
        for row in logits.tolist():
            best, best_value = 0, 0.0
            for token, value in enumerate(row):
                if value > best_value:
                    best, best_value = token, value
            picks.append(best)
        chosen = torch.tensor(picks)
        chosen[ended] = eos_id
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        ended = ended | (chosen == eos_id)
        if ended.all():
            break
    return tokens

# %% wrong | always-one-step | the length is looked at only after a token was written, so with max_len 1 a row still gets two tokens
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    while True:
        logits = step(tokens)
        chosen = logits.argmax(dim=-1)
        chosen[ended] = eos_id
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        ended = ended | (chosen == eos_id)
        if ended.all() or tokens.size(1) >= max_len:
            break
    return tokens

# %% wrong | ends-counted-twice | all places that hold eos are counted, fill-up included, so one row that ended early stops the others
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    while tokens.size(1) < max_len:
        logits = step(tokens)
        chosen = logits.argmax(dim=-1)
        chosen[ended] = eos_id
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        ended = ended | (chosen == eos_id)
        if (tokens[:, 1:] == eos_id).sum() >= batch_size:
            break
    return tokens

# %% wrong | one-call-too-many | step is asked once more when the rows are full and the answer is thrown away, though it is called once for each new token and no more
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int64)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    while True:
        logits = step(tokens)
        if tokens.size(1) >= max_len:
            break
        chosen = logits.argmax(dim=-1)
        chosen[ended] = eos_id
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        ended = ended | (chosen == eos_id)
        if ended.all():
            break
    return tokens

# %% wrong | int32-tokens | the tokens are int32 and not int64, both those that step gets and those that come back
import torch


@torch.no_grad()
def greedy_decode(step, bos_id, eos_id, max_len, batch_size=1):
    tokens = torch.full((batch_size, 1), bos_id, dtype=torch.int32)
    ended = torch.zeros(batch_size, dtype=torch.bool)
    while tokens.size(1) < max_len:
        logits = step(tokens)
        chosen = logits.argmax(dim=-1).to(torch.int32)
        chosen[ended] = eos_id
        tokens = torch.cat([tokens, chosen[:, None]], dim=1)
        ended = ended | (chosen == eos_id)
        if ended.all():
            break
    return tokens
