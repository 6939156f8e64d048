# %% right | column-by-column | one changed copy for each s, any and triu
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% right | one-large-batch | all changed copies in one batch, two calls of the model
import torch


def leak_probe(model, tokens):
    """All changed inputs go through the model in one large batch."""
    batch, length = tokens.shape
    before = model(tokens.clone()).detach()
    vocab = before.shape[2]
    spot = torch.eye(length, dtype=tokens.dtype, device=tokens.device)
    changed = (tokens[None] + spot[:, None, :]) % vocab  # (T, B, T), one changed position each
    after = model(changed.reshape(length * batch, length)).detach()
    after = after.reshape(length, batch, length, vocab)
    largest = (after - before).abs().amax(dim=(1, 3))  # (s, t)
    return torch.triu(largest.T > 2e-5, diagonal=1)

# %% right | nested-lists | Python loops over positions and sequences
import torch


def leak_probe(model, tokens):
    T = tokens.shape[1]
    original = model(tokens)
    answer = [[False] * T for _ in range(T)]
    for s in range(1, T):
        other = tokens.clone()
        for b in range(tokens.shape[0]):
            other[b, s] = 1 if tokens[b, s].item() == 0 else 0
        new = model(other)
        for t in range(s):
            gap = (new[:, t] - original[:, t]).abs().max().item()
            answer[t][s] = gap > 3e-5
    return torch.tensor(answer, dtype=torch.bool).reshape(T, T)

# %% right | probe-class | a class, isclose with an absolute tolerance
import torch


class Probe:
    def __init__(self, model, tokens):
        self.model, self.tokens = model, tokens
        self.reference = model(tokens)

    def moved_by(self, s):
        highest = self.reference.size(-1) - 1
        new = self.tokens.clone()
        new[:, s] = torch.where(new[:, s] == highest, new[:, s] - 1, new[:, s] + 1)
        same = torch.isclose(self.model(new), self.reference, rtol=0.0, atol=1e-5)
        return ~same.all(dim=2).all(dim=0)


def leak_probe(model, tokens):
    T = tokens.size(1)
    with torch.inference_mode(False), torch.no_grad():
        probe = Probe(model, tokens)
        table = torch.stack([probe.moved_by(s) for s in range(T)], dim=1)
    position = torch.arange(T, device=table.device)
    return table & (position[None, :] > position[:, None])

# %% wrong | past-included | dependence on the present and past is marked as well
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks

# %% wrong | replaced-by-zero | the new token is 0 always, which may be the old one
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = 0
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | transposed | rows and columns of the table have changed places
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1).T

# %% wrong | tokens-changed | the copy is missing, so the argument is changed
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | first-sequence-only | only the first sequence of the batch is looked at
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1)[0]
    return leaks.triu(1)

# %% wrong | best-token-compared | only the most probable token is compared, though logits may move without it
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            leaks[:, s] = (model(changed).argmax(-1) != logits.argmax(-1)).any(dim=0)
    return leaks.triu(1)

# %% wrong | rounding-counts | logits are compared exactly, so rounding looks like a leak
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 0).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | beyond-vocabulary | the new token is one larger, also behind the last of the vocabulary
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = changed[:, s] + 1
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | neighbours-only | only the very next token is tried for each position
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1).tril(1)

# %% wrong | too-many-calls | the unchanged input is run again for every s, which calls the model 2 T + 1 times
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - model(tokens)).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | all-sequences-needed | a leak counts only where all sequences of the batch show it, not at least one
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    length = tokens.size(1)
    plain = model(tokens)
    vocab = plain.size(-1)
    table = torch.zeros(length, length, dtype=torch.bool)
    for s in range(1, length):
        other = tokens.clone()
        other[:, s] = (other[:, s] + 1) % vocab
        moved = (model(other) - plain).abs() > 1e-5
        table[:s, s] = moved.any(dim=-1).all(dim=0)[:s]
    return table

# %% wrong | everything-behind-changed | all tokens from s on are changed at once, so a leak from a later one is marked at every s before it as well
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    length = tokens.size(1)
    plain = model(tokens)
    vocab = plain.size(-1)
    table = torch.zeros(length, length, dtype=torch.bool)
    for s in range(1, length):
        other = tokens.clone()
        other[:, s:] = (other[:, s:] + 1) % vocab
        moved = (model(other) - plain).abs() > 1e-5
        table[:s, s] = moved.any(dim=-1).any(dim=0)[:s]
    return table

# %% wrong | relative-tolerance | logits are compared with the usual relative tolerance, so a change of 1e-4 in large logits is overlooked
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    length = tokens.size(1)
    plain = model(tokens)
    vocab = plain.size(-1)
    table = torch.zeros(length, length, dtype=torch.bool)
    for s in range(1, length):
        other = tokens.clone()
        other[:, s] = (other[:, s] + 1) % vocab
        moved = ~torch.isclose(model(other), plain)
        table[:s, s] = moved.any(dim=-1).any(dim=0)[:s]
    return table

# %% wrong | probabilities-compared | the softmax is compared, so a change that all logits share, or one of an improbable token, is not seen
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    length = tokens.size(1)
    plain = model(tokens)
    vocab = plain.size(-1)
    table = torch.zeros(length, length, dtype=torch.bool)
    for s in range(1, length):
        other = tokens.clone()
        other[:, s] = (other[:, s] + 1) % vocab
        moved = (model(other).softmax(dim=-1) - plain.softmax(dim=-1)).abs() > 1e-5
        table[:s, s] = moved.any(dim=-1).any(dim=0)[:s]
    return table

# %% wrong | single-position-fails | the columns are stacked without the first one, which fails where there is a single position and nothing to stack
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    length = tokens.size(1)
    plain = model(tokens)
    vocab = plain.size(-1)
    columns = []
    for s in range(1, length):
        other = tokens.clone()
        other[:, s] = (other[:, s] + 1) % vocab
        moved = (model(other) - plain).abs() > 1e-5
        columns.append(moved.any(dim=-1).any(dim=0))
    later = torch.stack(columns, dim=1)
    first = torch.zeros(length, 1, dtype=torch.bool)
    return torch.cat([first, later], dim=1).triu(diagonal=1)

# %% wrong | first-leak-skipped | the loop over later tokens begins one too far, so what position 0 sees of token 1 is never tried
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    length = tokens.size(1)
    plain = model(tokens)
    vocab = plain.size(-1)
    table = torch.zeros(length, length, dtype=torch.bool)
    for s in range(2, length):
        other = tokens.clone()
        other[:, s] = (other[:, s] + 1) % vocab
        moved = (model(other) - plain).abs() > 1e-5
        table[:s, s] = moved.any(dim=-1).any(dim=0)[:s]
    return table
