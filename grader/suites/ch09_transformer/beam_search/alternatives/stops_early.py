"""Float32 sums, and a search that stops where no open prefix can win any more."""

import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def penalty(n, alpha):
    return math.pow((5 + n) / 6, alpha)


@torch.no_grad()
def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if not (beam >= 1 and length_penalty >= 0):
        raise ValueError((beam, length_penalty))
    alive, totals = torch.tensor([[bos_id]]), torch.tensor([0.0])
    winner, winning = None, -float("inf")
    for n in range(1, max_len):
        log_probs = torch.nn.functional.log_softmax(step(alive).float(), dim=-1)
        V = log_probs.shape[-1]
        table = totals.unsqueeze(1) + log_probs
        order = table.reshape(-1).argsort(descending=True)[:beam]
        row = torch.div(order, V, rounding_mode="floor")
        alive = torch.cat((alive.index_select(0, row), (order - row * V).unsqueeze(1)), 1)
        totals = table.reshape(-1)[order]
        is_over = alive[:, -1].eq(eos_id)
        over = torch.ones_like(is_over) if n + 1 == max_len else is_over
        for tokens, total in zip(alive[over], totals[over], strict=True):
            if float(total) / penalty(n, length_penalty) > winning:
                winner, winning = tokens, float(total) / penalty(n, length_penalty)
        alive, totals = alive[~is_over], totals[~is_over]
        if len(alive) == 0 or float(totals.max()) / penalty(max_len - 1, length_penalty) < winning:
            break
    return Hypothesis(winner, winning)
