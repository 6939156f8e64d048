# %% right | recursive-layers | recursion over lengths, repeat_interleave and argsort
import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    def found(tokens, total):
        n = len(tokens) - 1
        return Hypothesis(tokens, float(total) / ((5 + n) / 6) ** length_penalty)

    def search(tokens, totals):
        """All that is put aside from here on."""
        if tokens.size(0) == 0:
            return []
        if tokens.size(1) == max_len:
            return [found(t, p) for t, p in zip(tokens, totals)]
        table = totals + step(tokens).log_softmax(-1)
        V = table.size(1)
        every = torch.cat(
            [tokens.repeat_interleave(V, dim=0), torch.arange(V).repeat(len(tokens)).unsqueeze(1)], dim=1
        )
        flat = table.view(-1)
        chosen = flat.argsort(descending=True)[:beam]
        every, flat = every[chosen], flat[chosen]
        over = every[:, -1] == eos_id
        aside = [found(t, p) for t, p in zip(every[over], flat[over])]
        return aside + search(every[~over], flat[~over].unsqueeze(1))

    return max(search(torch.tensor([[bos_id]]), torch.zeros(1, 1)), key=lambda h: h.score)

# %% right | dictionary | a dictionary from tuples of tokens to log P
import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    open_prefixes = {(bos_id,): 0.0}
    results = {}
    length = 1
    while open_prefixes and length < max_len:
        keys = list(open_prefixes)
        log_p_next = torch.log_softmax(step(torch.tensor(keys)).to(torch.float64), dim=-1)
        continued = {}
        for i, key in enumerate(keys):
            for token, log_p in enumerate(log_p_next[i].tolist()):
                continued[key + (token,)] = open_prefixes[key] + log_p
        kept = sorted(continued, key=continued.get)[-beam:]
        results |= {key: continued[key] for key in kept if key[-1] == eos_id}
        open_prefixes = {key: continued[key] for key in kept if key[-1] != eos_id}
        length += 1
    results |= open_prefixes
    scores = {k: log_p / ((4 + len(k)) / 6) ** length_penalty for k, log_p in results.items()}
    best = max(scores, key=scores.get)
    return Hypothesis(torch.tensor(best), scores[best])

# %% wrong | open-filled-up | as in some libraries, finished ones leave the beam and others take their places, so always beam prefixes stay open
import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    prefixes = [([bos_id], 0.0)]
    finished = []
    while prefixes and len(prefixes[0][0]) < max_len:
        logits = step(torch.tensor([p for p, _ in prefixes]))
        log_p = torch.log_softmax(logits.double(), dim=-1).tolist()
        longer = [
            (prefix + [v], total + lp)
            for (prefix, total), row in zip(prefixes, log_p)
            for v, lp in enumerate(row)
            if lp > -math.inf
        ]
        longer.sort(key=lambda pair: pair[1], reverse=True)
        finished += [pair for pair in longer[:beam] if pair[0][-1] == eos_id]
        prefixes = [pair for pair in longer if pair[0][-1] != eos_id][:beam]

    def score(pair):
        return pair[1] / ((5 + len(pair[0]) - 1) / 6) ** length_penalty

    winner = max(finished + prefixes, key=score)
    return Hypothesis(torch.tensor(winner[0]), score(winner))

# %% wrong | call-for-each-prefix | step is called once for each prefix, not once for each length
import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    prefixes = [([bos_id], 0.0)]
    finished = []
    while prefixes and len(prefixes[0][0]) < max_len:
        logits = torch.cat([step(torch.tensor([p])) for p, _ in prefixes])
        log_p = torch.log_softmax(logits.double(), dim=-1).tolist()
        longer = [
            (prefix + [v], total + lp)
            for (prefix, total), row in zip(prefixes, log_p)
            for v, lp in enumerate(row)
            if lp > -math.inf
        ]
        longer.sort(key=lambda pair: pair[1], reverse=True)
        longer = longer[:beam]
        finished += [pair for pair in longer if pair[0][-1] == eos_id]
        prefixes = [pair for pair in longer if pair[0][-1] != eos_id]

    def score(pair):
        return pair[1] / ((5 + len(pair[0]) - 1) / 6) ** length_penalty

    winner = max(finished + prefixes, key=score)
    return Hypothesis(torch.tensor(winner[0]), score(winner))

# %% wrong | stops-by-present-score | it stops when the best finished one beats the open prefixes at their present length, though longer ones may still score higher
import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float


def _divisor(n, length_penalty):
    return ((5 + n) / 6) ** length_penalty


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    best = Hypothesis(torch.tensor([bos_id]), -math.inf)
    tokens, log_P = torch.full((1, 1), bos_id), torch.zeros(1, dtype=torch.float64)
    highest = _divisor(max_len - 1, length_penalty)
    for n in range(1, max_len):
        logits = step(tokens).to(torch.float64)
        table = log_P.unsqueeze(1) + torch.log_softmax(logits, 1)
        values, places = table.reshape(-1).sort(descending=True)
        values, places = values[:beam], places[:beam]
        rows = torch.div(places, table.shape[1], rounding_mode="floor")
        last = torch.remainder(places, table.shape[1])
        tokens = torch.cat((tokens.index_select(0, rows), last.unsqueeze(1)), 1)
        goes_on = last.ne(eos_id)
        for row, value, still_open in zip(tokens, values.tolist(), goes_on.tolist()):
            if not still_open or n == max_len - 1:
                best = max(best, Hypothesis(row, value / _divisor(n, length_penalty)), key=lambda h: h.score)
        tokens, log_P = tokens[goes_on], values[goes_on]
        # log P only falls, so this is the most that an open prefix may still come to
        if tokens.shape[0] == 0 or log_P.max().item() / _divisor(n, length_penalty) < best.score:
            break
    return best

# %% wrong | copies-of-bos | the search begins with beam copies of bos, so copies of one prefix fill the beam
import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float


def beam_search(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    beam: int,
    max_len: int,
    length_penalty: float = 0.6,
) -> Hypothesis:
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    tokens = torch.full((beam, 1), bos_id)
    log_probs = torch.zeros(beam)
    best, best_score = None, -math.inf
    while len(tokens) > 0 and tokens.size(1) < max_len:
        table = log_probs[:, None] + step(tokens).log_softmax(dim=-1)
        N, V = table.shape
        log_probs, places = table.flatten().topk(min(beam, table.numel()))
        rows, last = places // V, places % V
        tokens = torch.cat([tokens[rows], last[:, None]], dim=1)
        ended = last == eos_id
        n = tokens.size(1) - 1
        closed = torch.ones_like(ended) if tokens.size(1) == max_len else ended
        scores = log_probs / ((5 + n) / 6) ** length_penalty
        for i in closed.nonzero().flatten().tolist():
            if scores[i].item() > best_score:
                best, best_score = tokens[i].clone(), scores[i].item()
        tokens, log_probs = tokens[~ended], log_probs[~ended]
    return Hypothesis(best, best_score)

# %% wrong | x-gives-up-on-the-open-ones | stops where no open prefix scores better at its present length, though more tokens make the divisor larger
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1 or length_penalty < 0:
        raise ValueError("beam must be at least 1, length_penalty at least 0")

    def score(log_prob, n):
        return log_prob / ((5 + n) / 6) ** length_penalty

    prefixes = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1, dtype=torch.float64)
    best = None
    with torch.no_grad():
        while len(prefixes) and prefixes.size(1) < max_len:
            table = log_probs[:, None] + step(prefixes).double().log_softmax(-1)
            V = table.size(1)
            kept, places = table.flatten().topk(min(beam, table.numel()))
            grown = torch.cat([prefixes[places // V], (places % V)[:, None]], dim=1)
            n = grown.size(1) - 1
            ended = grown[:, -1] == eos_id
            for i in range(len(grown)):
                if ended[i] or grown.size(1) == max_len:
                    s = score(kept[i].item(), n)
                    if best is None or s > best.score:
                        best = Hypothesis(grown[i], s)
            prefixes, log_probs = grown[~ended], kept[~ended]
            # log-probabilities only fall
            if best and len(log_probs) and best.score >= score(log_probs.max().item(), n):
                break
    return best


# %% wrong | x-no-more-than-the-vocabulary | keeps at most V continuations, also where several prefixes have more and the beam is wider
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


@torch.no_grad()
def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam is below 1")
    if length_penalty < 0:
        raise ValueError("length_penalty is negative")
    open_ = torch.tensor([[bos_id]])
    totals = torch.zeros(1)
    finished = []
    while len(open_) > 0 and open_.size(1) < max_len:
        logp = step(open_).log_softmax(dim=-1)
        V = logp.size(-1)
        table = totals.to(logp.dtype).unsqueeze(1) + logp
        totals, index = table.reshape(-1).topk(min(beam, V))
        rows, tokens = index // V, index % V
        open_ = torch.cat([open_[rows], tokens.unsqueeze(1)], dim=1)
        last = open_.size(1) == max_len
        done = (tokens == eos_id) | last
        divisor = ((5 + open_.size(1) - 1) / 6) ** length_penalty
        for sequence, total in zip(open_[done], totals[done]):
            finished.append(Hypothesis(sequence, total.item() / divisor))
        open_, totals = open_[~done], totals[~done]
    return max(finished, key=lambda h: h.score)
