# %% right | plain-loop | a loop that returns at the first refused token
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% right | gather-and-cumprod | gather for the probabilities, cumprod for the run of kept tokens
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform * q < p).long()
    count = int(kept.cumprod(dim=0).sum())
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, left / left.sum())

# %% right | zero-row-behind | a row of zeros behind the draft, so that both cases are one
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    """Behind the last drafted token stands a draft that proposes nothing, with q = 0."""
    n, V = draft_probs.shape
    places = torch.arange(n, device=drafted.device)
    refused = uniform * draft_probs[places, drafted] >= target_probs[places, drafted]
    where = refused.nonzero().flatten().tolist()
    count = where[0] if where else n
    q = torch.cat((draft_probs, torch.zeros_like(target_probs[:1])))[count]
    owed = torch.maximum(target_probs[count] - q, torch.zeros_like(q))
    return Accepted(count, owed / owed.sum())

# %% right | zip-and-helpers | zip over rows, two helpers, break
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def kept(q_row, p_row, token, u):
    return bool(u * q_row[token] < p_row[token])


def residual(q_row, p_row):
    more = torch.where(p_row > q_row, p_row - q_row, torch.zeros_like(p_row))
    return more.div(more.sum())


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    count = 0
    next_probs = None
    for q_row, p_row, token, u in zip(draft_probs, target_probs, drafted.tolist(), uniform):
        if kept(q_row, p_row, token, u):
            count += 1
        else:
            next_probs = residual(q_row, p_row)
            break
    if next_probs is None:
        next_probs = target_probs[count]
    return Accepted(count=count, next_probs=next_probs)

# %% wrong | next-from-the-target | after a refusal the next token is drawn from p itself
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            return Accepted(i, target_probs[i])
    return Accepted(n, target_probs[n])

# %% wrong | refusals-skipped | all kept tokens are counted, also those behind a refused one
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform * q < p).long()
    count = int(kept.sum())
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, left / left.sum())

# %% wrong | target-probability-alone | a token is kept where uniform is below p, without regard to q
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform < p).long()
    count = int(kept.cumprod(dim=0).sum())
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, left / left.sum())

# %% wrong | last-place-for-all-kept | where all are kept the next distribution is p_(n-1), the last one with a drafted token
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[max(n - 1, 0)])

# %% wrong | not-normalised | max(p - q, 0) is given as it is and does not sum to 1
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return Accepted(i, rest)
    return Accepted(n, target_probs[n])

# %% wrong | draft-minus-target | the next distribution is max(q - p, 0), what the draft has too much
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def kept(q_row, p_row, token, u):
    return bool(u * q_row[token] < p_row[token])


def residual(q_row, p_row):
    more = torch.where(q_row > p_row, q_row - p_row, torch.zeros_like(p_row))
    return more.div(more.sum())


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    count = 0
    next_probs = None
    for q_row, p_row, token, u in zip(draft_probs, target_probs, drafted.tolist(), uniform):
        if kept(q_row, p_row, token, u):
            count += 1
        else:
            next_probs = residual(q_row, p_row)
            break
    if next_probs is None:
        next_probs = target_probs[count]
    return Accepted(count=count, next_probs=next_probs)

# %% wrong | absolute-difference | the absolute value of p - q is normalised, not its positive part
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).abs()
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | softmax-of-the-rest | max(p - q, 0) is put through a softmax, which gives every token a share
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform * q < p).long()
    count = int(kept.cumprod(dim=0).sum())
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, left.softmax(dim=-1))

# %% wrong | kept-at-equality | a token is also kept where uniform · q equals p, even with p = 0 and uniform = 0
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] <= target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | no-draft-no-answer | the tokens are compared with max over an empty tensor, so n = 0 is an error
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = drafted.numel()
    rows = torch.arange(n)
    refused = uniform * draft_probs[rows, drafted] >= target_probs[rows, drafted]
    first = int(refused.long().argmax())
    count = first if refused[first] else n
    if count == n:
        return Accepted(n, target_probs[n])
    rest = (target_probs[count] - draft_probs[count]).clamp(min=0)
    return Accepted(count, rest / rest.sum())

# %% wrong | ratio-turned-over | a token is kept where uniform · p is below q: the ratio stands upside down
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform * p < q).long()
    count = int(kept.cumprod(dim=0).sum())
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, left / left.sum())

# %% wrong | refused-token-counted | count has the place behind the refused token, one too many, while next_probs belongs to its place
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return Accepted(i + 1, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | one-number-for-all | uniform[0] decides for all places
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[0] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[i] - draft_probs[i]).clamp(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | residual-of-the-first-place | after a refusal max(p - q, 0) is taken at place 0 and not where the refusal is; right if the first token is refused
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = (target_probs[0] - draft_probs[0]).clamp(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | refused-token-banned | the next distribution is p with the entry of the refused token set to 0, divided by its sum, and not max(p - q, 0)
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    n = drafted.size(0)
    for i in range(n):
        token = drafted[i]
        if not uniform[i] * draft_probs[i, token] < target_probs[i, token]:
            rest = target_probs[i].clone()
            rest[token] = 0.0
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | epsilon-in-the-sum | max(p - q, 0) is divided by its sum plus 1e-6, so next_probs does not sum to 1 where p and q are close
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform * q < p).long()
    count = int(kept.cumprod(dim=0).sum())
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, left / (left.sum() + 1e-6))

# %% wrong | probabilities-of-at-least-1e-4 | Probabilities are raised to 1e-4, so a rare token is kept too often.
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    for i, token in enumerate(drafted.tolist()):
        q, p = draft_probs[i], target_probs[i]
        if p[token] == 0 or uniform[i] * q[token].clamp(min=1e-4) >= p[token].clamp(min=1e-4):
            rest = (p - q).clamp(min=0.0)
            return Accepted(i, rest / rest.sum())
    return Accepted(len(drafted), target_probs[len(drafted)].clone())
