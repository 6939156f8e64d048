"""All comparisons at once, and the length of the leading run of True."""

from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    n = drafted.numel()
    q = draft_probs.gather(1, drafted[:, None]).squeeze(1)
    p = target_probs[:n].gather(1, drafted[:, None]).squeeze(1)
    keep = uniform * q < p
    count = int(keep.long().cumprod(0).sum())
    if count == n:
        return Accepted(n, target_probs[n])
    residual = torch.relu(target_probs[count] - draft_probs[count])
    return Accepted(count, residual / residual.sum(-1, keepdim=True))
