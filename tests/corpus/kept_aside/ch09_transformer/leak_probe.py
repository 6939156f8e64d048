# %% right | mirrored-token | the mirrored token where it differs, einsum for the distance
import torch


@torch.no_grad()
def leak_probe(model, tokens):
    z = model(tokens)
    T, V = tokens.size(1), z.size(2)

    def column(s):
        new = torch.cat([tokens[:, :s], V - 1 - tokens[:, s : s + 1], tokens[:, s + 1 :]], dim=1)
        # V - 1 - token is the token itself in the middle of an odd V
        new = torch.where((new == tokens).all(1, keepdim=True) & (torch.arange(T, device=tokens.device) == s), (tokens + 1) % V, new)
        d = (model(new) - z).double()
        return torch.einsum("btv,btv->bt", d, d).sqrt().max(dim=0).values > 5e-5

    return torch.stack(list(map(column, range(T)))).transpose(0, 1).triu(1)

# %% right | only-earlier-rows | from the last s to the first, only rows before s compared, in float64
import torch


def leak_probe(model, tokens):
    T = tokens.shape[1]
    leaks = torch.full((T, T), False)
    old = model(tokens).detach().double()
    for s in reversed(range(1, T)):
        probe = tokens.clone()
        probe.select(1, s).add_(1).remainder_(old.shape[-1])
        new = model(probe).detach().double()
        rows = [t for t in range(s) if float((new[:, t] - old[:, t]).norm(p=float("inf"))) > 1e-5]
        leaks[rows, s] = True
    return leaks

# %% wrong | changes-cancel | changes of the logits are added up with their signs, and may cancel
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
            difference = (model(changed) - logits).sum(dim=-1, keepdim=True).sum(dim=0, keepdim=True).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | vocabulary-from-tokens | V is taken to be the largest token plus one, so a token may be replaced by itself
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = int(tokens.max()) + 1
        for s in range(T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | changes-pile-up | the copy is made once before the loop, so earlier changes stay and are counted again
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    B, T = tokens.shape
    leaks = torch.zeros(T, T, dtype=torch.bool, device=tokens.device)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        changed = tokens.clone()
        for s in range(T):
            changed[:, s] = (changed[:, s] + 1) % V
            difference = (model(changed) - logits).abs()
            leaks[:, s] = (difference > 1e-5).any(dim=-1).any(dim=0)
    return leaks.triu(1)

# %% wrong | prefixes-run | the model is given only the first t + 1 tokens, though it takes the T of tokens alone
import torch


def leak_probe(model, tokens):
    T = tokens.size(1)
    full = model(tokens)
    leaks = torch.zeros(T, T, dtype=torch.bool)
    for t in range(T - 1):
        short = model(tokens[:, : t + 1])
        if (short[:, t] - full[:, t]).abs().max() > 1e-5:
            leaks[t, t + 1 :] = True
    return leaks

# %% wrong | x-relative-tolerance | torch.isclose compares relative to the logits: small changes of large logits are missed, rounding of small ones counts as a leak
import torch


def leak_probe(model, tokens):
    T = tokens.size(1)
    leaks = torch.zeros(T, T, dtype=torch.bool)
    with torch.no_grad():
        logits = model(tokens)
        V = logits.size(-1)
        for s in range(1, T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            same = torch.isclose(model(changed), logits)
            leaks[:s, s] = ~same.all(dim=-1).all(dim=0)[:s]
    return leaks


# %% wrong | x-vocabulary-of-the-input | V is guessed from the largest token there is, so nothing is changed where all tokens are 0
from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    T = tokens.shape[1]
    vocab = int(tokens.max()) + 1
    before = model(tokens)
    found = torch.zeros((T, T), dtype=torch.bool)
    for s in range(T):
        other = tokens.clone()
        other[:, s] = (other[:, s] + 1) % vocab
        moved = (model(other) - before).abs() > 1e-5
        found[:, s] = moved.any(dim=-1).any(dim=0)
    return found.triu(1)
