# %% right | flat-topk | one tensor of prefixes, topk over the flattened table
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
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

# %% right | lists-sorted | lists of pairs, sorted in Python, float64 inside
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
        longer = longer[:beam]
        finished += [pair for pair in longer if pair[0][-1] == eos_id]
        prefixes = [pair for pair in longer if pair[0][-1] != eos_id]

    def score(pair):
        return pair[1] / ((5 + len(pair[0]) - 1) / 6) ** length_penalty

    winner = max(finished + prefixes, key=score)
    return Hypothesis(torch.tensor(winner[0]), score(winner))

# %% right | linked-nodes | a tree of nodes with parents, heapq for the best
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from heapq import nlargest


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor
    score: float



class Node:
    def __init__(self, token, log_p, parent=None):
        self.token, self.log_p, self.parent = token, log_p, parent
        self.n = 0 if parent is None else parent.n + 1

    def path(self):
        return ([] if self.parent is None else self.parent.path()) + [self.token]

    def score(self, alpha):
        return self.log_p / math.pow((5.0 + self.n) / 6.0, alpha)


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")
    layer, aside = [Node(bos_id, 0.0)], []
    for _ in range(max_len - 1):
        if not layer:
            break
        with torch.no_grad():
            logits = step(torch.tensor([node.path() for node in layer], dtype=torch.int64))
        logits = logits - torch.logsumexp(logits, dim=1, keepdim=True)
        children = []
        for node, row in zip(layer, logits):
            for token in range(row.numel()):
                children.append(Node(token, node.log_p + row[token].item(), node))
        kept = nlargest(beam, children, key=lambda child: child.log_p)
        layer = []
        for child in kept:
            (aside if child.token == eos_id else layer).append(child)
    best = max(aside + layer, key=lambda node: node.score(length_penalty))
    return Hypothesis(torch.tensor(best.path()), best.score(length_penalty))

# %% right | stops-early | tensors in float64, leaves when no open prefix can win any more
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
        if tokens.shape[0] == 0 or log_P.max().item() / highest < best.score:
            break
    return best

# %% wrong | not-normalised | sequences are compared by plain log P, without the length penalty
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
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
        scores = log_probs
        for i in closed.nonzero().flatten().tolist():
            if scores[i].item() > best_score:
                best, best_score = tokens[i].clone(), scores[i].item()
        tokens, log_probs = tokens[~ended], log_probs[~ended]
    return Hypothesis(best, best_score)

# %% wrong | finished-go-on | what ended in eos stays open and is continued
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
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
        pass
    return Hypothesis(best, best_score)

# %% wrong | rows-and-tokens-mixed | row and token are read from the place with N instead of V
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
    best, best_score = None, -math.inf
    while len(tokens) > 0 and tokens.size(1) < max_len:
        table = log_probs[:, None] + step(tokens).log_softmax(dim=-1)
        N, V = table.shape
        log_probs, places = table.flatten().topk(min(beam, table.numel()))
        rows, last = places % N, places // N
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

# %% wrong | raw-logits | logits are added up as if they were log-probabilities
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
    best, best_score = None, -math.inf
    while len(tokens) > 0 and tokens.size(1) < max_len:
        table = log_probs[:, None] + step(tokens)
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

# %% wrong | beam-per-row | each prefix keeps its own best continuations, so prefixes multiply and more than beam are kept
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
    best, best_score = None, -math.inf
    while len(tokens) > 0 and tokens.size(1) < max_len:
        table = log_probs[:, None] + step(tokens).log_softmax(dim=-1)
        N, V = table.shape
        log_probs, last = table.topk(min(beam, V), dim=1)
        rows = torch.arange(N).repeat_interleave(last.size(1))
        log_probs, last = log_probs.flatten(), last.flatten()
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

# %% wrong | stops-at-beam-finished | the search ends as soon as beam sequences are finished
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
    while prefixes and len(finished) < beam and len(prefixes[0][0]) < max_len:
        logits = step(torch.tensor([p for p, _ in prefixes]))
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

# %% wrong | bos-counted | n counts bos as well
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
    best, best_score = None, -math.inf
    while len(tokens) > 0 and tokens.size(1) < max_len:
        table = log_probs[:, None] + step(tokens).log_softmax(dim=-1)
        N, V = table.shape
        log_probs, places = table.flatten().topk(min(beam, table.numel()))
        rows, last = places // V, places % V
        tokens = torch.cat([tokens[rows], last[:, None]], dim=1)
        ended = last == eos_id
        n = tokens.size(1)
        closed = torch.ones_like(ended) if tokens.size(1) == max_len else ended
        scores = log_probs / ((5 + n) / 6) ** length_penalty
        for i in closed.nonzero().flatten().tolist():
            if scores[i].item() > best_score:
                best, best_score = tokens[i].clone(), scores[i].item()
        tokens, log_probs = tokens[~ended], log_probs[~ended]
    return Hypothesis(best, best_score)

# %% wrong | beam-beyond-table | topk fails where there are fewer continuations than beam
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
    best, best_score = None, -math.inf
    while len(tokens) > 0 and tokens.size(1) < max_len:
        table = log_probs[:, None] + step(tokens).log_softmax(dim=-1)
        N, V = table.shape
        log_probs, places = table.flatten().topk(beam)
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

# %% wrong | bos-ends | where bos_id is eos_id, the beginning is taken for a finished sequence
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
    if bos_id == eos_id:
        return Hypothesis(torch.tensor([bos_id]), 0.0)
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
        longer = longer[:beam]
        finished += [pair for pair in longer if pair[0][-1] == eos_id]
        prefixes = [pair for pair in longer if pair[0][-1] != eos_id]

    def score(pair):
        return pair[1] / ((5 + len(pair[0]) - 1) / 6) ** length_penalty

    winner = max(finished + prefixes, key=score)
    return Hypothesis(torch.tensor(winner[0]), score(winner))

# %% wrong | penalty-multiplied | log P is multiplied by the length penalty, which punishes what is long
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
    tokens = torch.tensor([[bos_id]])
    log_probs = torch.zeros(1)
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
        scores = log_probs * ((5 + n) / 6) ** length_penalty
        for i in closed.nonzero().flatten().tolist():
            if scores[i].item() > best_score:
                best, best_score = tokens[i].clone(), scores[i].item()
        tokens, log_probs = tokens[~ended], log_probs[~ended]
    return Hypothesis(best, best_score)

# %% wrong | eos-for-free | the log-probability of eos is not added, though log P is the sum over all tokens after bos
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be below 0")

    def score_of(entry):
        tokens, logp = entry
        return logp / ((5 + len(tokens) - 1) / 6) ** length_penalty

    live = [([bos_id], 0.0)]
    done = []
    for _ in range(max_len - 1):
        logits = step(torch.tensor([tokens for tokens, _ in live]))
        table = logits.double().log_softmax(dim=-1).tolist()
        grown = []
        for (tokens, logp), row in zip(live, table):
            for token, value in enumerate(row):
                if value > -math.inf:
                    grown.append((tokens + [token], logp + (0.0 if token == eos_id else value)))
        grown.sort(key=lambda entry: entry[1], reverse=True)
        kept = grown[:beam]
        done += [entry for entry in kept if entry[0][-1] == eos_id]
        live = [entry for entry in kept if entry[0][-1] != eos_id]
        if not live:
            break
    best = max(done + live, key=score_of)
    return Hypothesis(torch.tensor(best[0]), score_of(best))

# %% wrong | open-ones-forgotten | sequences that are open at max_len count only where nothing has finished
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be below 0")

    def score_of(entry):
        tokens, logp = entry
        return logp / ((5 + len(tokens) - 1) / 6) ** length_penalty

    live = [([bos_id], 0.0)]
    done = []
    for _ in range(max_len - 1):
        logits = step(torch.tensor([tokens for tokens, _ in live]))
        table = logits.double().log_softmax(dim=-1).tolist()
        grown = []
        for (tokens, logp), row in zip(live, table):
            for token, value in enumerate(row):
                if value > -math.inf:
                    grown.append((tokens + [token], logp + value))
        grown.sort(key=lambda entry: entry[1], reverse=True)
        kept = grown[:beam]
        done += [entry for entry in kept if entry[0][-1] == eos_id]
        live = [entry for entry in kept if entry[0][-1] != eos_id]
        if not live:
            break
    best = max(done or live, key=score_of)
    return Hypothesis(torch.tensor(best[0]), score_of(best))

# %% wrong | one-softmax-for-all | one softmax is taken over the rows of all prefixes together, not for each prefix
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be below 0")

    def score_of(entry):
        tokens, logp = entry
        return logp / ((5 + len(tokens) - 1) / 6) ** length_penalty

    live = [([bos_id], 0.0)]
    done = []
    for _ in range(max_len - 1):
        logits = step(torch.tensor([tokens for tokens, _ in live]))
        table = logits.double().flatten().log_softmax(dim=0).view_as(logits).tolist()
        grown = []
        for (tokens, logp), row in zip(live, table):
            for token, value in enumerate(row):
                if value > -math.inf:
                    grown.append((tokens + [token], logp + value))
        grown.sort(key=lambda entry: entry[1], reverse=True)
        kept = grown[:beam]
        done += [entry for entry in kept if entry[0][-1] == eos_id]
        live = [entry for entry in kept if entry[0][-1] != eos_id]
        if not live:
            break
    best = max(done + live, key=score_of)
    return Hypothesis(torch.tensor(best[0]), score_of(best))

# %% wrong | beam-shrinks | each finished sequence takes up a place of the beam for good, so later fewer than beam continuations are kept
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be below 0")

    def score_of(entry):
        tokens, logp = entry
        return logp / ((5 + len(tokens) - 1) / 6) ** length_penalty

    live = [([bos_id], 0.0)]
    done = []
    for _ in range(max_len - 1):
        logits = step(torch.tensor([tokens for tokens, _ in live]))
        table = logits.double().log_softmax(dim=-1).tolist()
        grown = []
        for (tokens, logp), row in zip(live, table):
            for token, value in enumerate(row):
                if value > -math.inf:
                    grown.append((tokens + [token], logp + value))
        grown.sort(key=lambda entry: entry[1], reverse=True)
        kept = grown[: beam - len(done)]
        done += [entry for entry in kept if entry[0][-1] == eos_id]
        live = [entry for entry in kept if entry[0][-1] != eos_id]
        if not live or len(done) >= beam:
            break
    best = max(done + live, key=score_of)
    return Hypothesis(torch.tensor(best[0]), score_of(best))

# %% wrong | score-is-log-p | the right sequence comes back with its plain log P as score, not divided by the penalty
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be below 0")

    def score_of(entry):
        tokens, logp = entry
        return logp / ((5 + len(tokens) - 1) / 6) ** length_penalty

    live = [([bos_id], 0.0)]
    done = []
    for _ in range(max_len - 1):
        logits = step(torch.tensor([tokens for tokens, _ in live]))
        table = logits.double().log_softmax(dim=-1).tolist()
        grown = []
        for (tokens, logp), row in zip(live, table):
            for token, value in enumerate(row):
                if value > -math.inf:
                    grown.append((tokens + [token], logp + value))
        grown.sort(key=lambda entry: entry[1], reverse=True)
        kept = grown[:beam]
        done += [entry for entry in kept if entry[0][-1] == eos_id]
        live = [entry for entry in kept if entry[0][-1] != eos_id]
        if not live:
            break
    best = max(done + live, key=score_of)
    return Hypothesis(torch.tensor(best[0]), best[1])

# %% wrong | probabilities-multiplied | probabilities are multiplied in float32 and the logarithm comes at the end, so long or improbable sequences become 0
import math
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    tokens: torch.Tensor
    score: float


def beam_search(step, bos_id, eos_id, beam, max_len, length_penalty=0.6):
    if beam < 1:
        raise ValueError("beam must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be below 0")

    def score_of(entry):
        tokens, logp = entry
        return (math.log(logp) if logp > 0 else -math.inf) / ((5 + len(tokens) - 1) / 6) ** length_penalty

    live = [([bos_id], torch.tensor(1.0))]
    done = []
    for _ in range(max_len - 1):
        logits = step(torch.tensor([tokens for tokens, _ in live]))
        table = logits.float().softmax(dim=-1)
        grown = []
        for (tokens, logp), row in zip(live, table):
            for token, value in enumerate(row.unbind()):
                if value > 0:
                    grown.append((tokens + [token], logp * value))
        grown.sort(key=lambda entry: entry[1], reverse=True)
        kept = grown[:beam]
        done += [entry for entry in kept if entry[0][-1] == eos_id]
        live = [entry for entry in kept if entry[0][-1] != eos_id]
        if not live:
            break
    best = max(done + live, key=score_of)
    return Hypothesis(torch.tensor(best[0]), score_of(best))
