"""A while loop, and the difference as p minus what both have in common."""

import typing

import torch


class Accepted(typing.NamedTuple):
    count: int
    next_probs: torch.Tensor


def speculative_accept(draft_probs, target_probs, drafted, uniform):
    i = 0
    while i < len(drafted):
        x = int(drafted[i])
        if not uniform[i] * draft_probs[i, x] < target_probs[i, x]:
            common = torch.minimum(target_probs[i], draft_probs[i])
            left = target_probs[i] - common
            return Accepted(next_probs=left.div(left.sum()), count=i)
        i += 1
    return Accepted(next_probs=target_probs[-1], count=i)
