"""The best continuations with a heap; scores kept beside tuples of tokens."""

import heapq
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1 or length_penalty < 0:
        raise ValueError("beam or length_penalty")
    prefixes = {(bos_id,): torch.zeros((), dtype=torch.float64)}
    finished = {}
    for n in range(1, max_len):
        logits = step(torch.tensor(list(prefixes)))
        log_probs = logits.double() - logits.double().logsumexp(dim=-1, keepdim=True)
        candidates = (
            (total + log_probs[i, v], (*prefix, v))
            for i, (prefix, total) in enumerate(prefixes.items())
            for v in range(logits.size(-1))
        )
        best = heapq.nlargest(beam, candidates, key=lambda item: float(item[0]))
        prefixes = {}
        for total, prefix in best:
            if prefix[-1] == eos_id or n == max_len - 1:
                finished[prefix] = total / ((5.0 + n) / 6.0) ** length_penalty
            else:
                prefixes[prefix] = total
        if not prefixes:
            break
    tokens = max(finished, key=lambda prefix: float(finished[prefix]))
    return Hypothesis(torch.tensor(tokens), float(finished[tokens]))
