# %% right | recursion | the first token, then the function itself for the rest
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    if len(drafted) == 0:
        return Accepted(0, target_probs[0])
    first = drafted[0]
    if uniform[0] * draft_probs[0, first] < target_probs[0, first]:
        later = speculative_accept(draft_probs[1:], target_probs[1:], drafted[1:], uniform[1:])
        return later._replace(count=later.count + 1)
    next_probs = (target_probs[0] - draft_probs[0]).clamp_min(0.0)
    return Accepted(0, torch.nn.functional.normalize(next_probs, p=1, dim=0, eps=0.0))

# %% right | one-hot-and-index | one_hot with einsum, a list with a guard, max(p, q) - q
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    one_hot = torch.nn.functional.one_hot(drafted, draft_probs.size(-1)).to(draft_probs.dtype)
    n = one_hot.size(0)
    q_of = torch.einsum("nv,nv->n", draft_probs, one_hot)
    p_of = torch.einsum("nv,nv->n", target_probs[:n], one_hot)
    # a guard at the end is never kept, so that the first False always exists
    kept = [*torch.lt(uniform * q_of, p_of).tolist(), False]
    count = kept.index(False)
    if count < n:
        both = torch.stack((draft_probs[count], target_probs[count]))
        gained = both.amax(dim=0) - both[0]          # max(p, q) - q = max(p - q, 0)
        return Accepted(count, gained / gained.sum())
    return Accepted(count, target_probs[count] + 0.0)

# %% wrong | target-one-place-late | p of place i + 1 is compared, since the target has one row more
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
        if not uniform[i] * draft_probs[i, token] < target_probs[i + 1, token]:
            rest = (target_probs[i + 1] - draft_probs[i]).clamp(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | target-row-overwritten | the difference is taken in place on a view of target_probs, so the argument changes
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
            rest = target_probs[i].sub_(draft_probs[i]).clamp_(min=0)
            return Accepted(i, rest / rest.sum())
    return Accepted(n, target_probs[n])

# %% wrong | count-as-a-tensor | count is a tensor and not an int, and next_probs is float32 even for float64
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
    count = kept.cumprod(dim=0).sum()
    if count == n:
        return Accepted(count, target_probs[-1].clone())
    left = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, (left / left.sum()).float())

# %% wrong | most-probable-kept | a token is kept if it is the most probable of the target, as in greedy decoding, and uniform is not read
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = len(drafted)
    best = target_probs.argmax(dim=-1)
    count = 0
    while count < n and best[count] == drafted[count]:
        count += 1
    if count == n:
        return Accepted(n, target_probs[n])
    rest = (target_probs[count] - draft_probs[count]).clamp(min=0)
    return Accepted(count, rest / rest.sum())

# %% wrong | x-kept-where-both-are-zero | keeps a token where uniform · q is equal to p, so with uniform 0 also one that the target never draws
from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    for i, token in enumerate(drafted.tolist()):
        p, q = target_probs[i], draft_probs[i]
        if uniform[i] * q[token] <= p[token]:
            continue
        rest = (p - q).clamp(min=0)
        return Accepted(i, rest / rest.sum())
    return Accepted(len(drafted), target_probs[-1])


# %% wrong | x-nothing-drafted | looks for the first refused token with argmin, which is an error where no token was drafted
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
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    kept = (uniform * q < p).int()
    first = int(kept.argmin())
    if kept[first]:
        return Accepted(n, target_probs[n])
    rest = torch.relu(target_probs[first] - draft_probs[first])
    return Accepted(first, rest / rest.sum())
