"""Prefixes in Python lists, sorted, and all that is finished compared at the end."""

from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam")
    if length_penalty < 0:
        raise ValueError("length_penalty")
    open_ones, done = [([bos_id], 0.0)], []
    while open_ones and len(open_ones[0][0]) < max_len:
        rows = torch.log_softmax(step(torch.tensor([t for t, _ in open_ones])), dim=1).tolist()
        continued = []
        for (tokens, log_prob), row in zip(open_ones, rows, strict=True):
            for token, more in enumerate(row):
                if more != float("-inf"):
                    continued.append(([*tokens, token], log_prob + more))
        continued.sort(key=lambda item: item[1], reverse=True)
        kept = continued[:beam]
        done += [item for item in kept if item[0][-1] == eos_id]
        open_ones = [item for item in kept if item[0][-1] != eos_id]
    scored = [(lp / (((5 + len(t) - 1) / 6) ** length_penalty), t) for t, lp in done + open_ones]
    score, tokens = max(scored)
    return Hypothesis(torch.tensor(tokens), score)
