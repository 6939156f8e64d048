"""The ratio itself, in float64, with a draft of zeros behind the last place."""

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
    p, q = target_probs.double(), draft_probs.double()
    padded = torch.cat([q, torch.zeros_like(p[:1])])
    count = 0
    for token, u in zip(drafted.tolist(), uniform.tolist(), strict=True):
        if u >= min(1.0, float(p[count, token] / q[count, token])):
            break
        count += 1
    rest = torch.where(p[count] > padded[count], p[count] - padded[count], 0.0)
    return Accepted(count, (rest / rest.sum()).to(target_probs.dtype))
