# %% wrong | same-draw | One draw decides both: all chosen are masked at 0.15
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.where(chosen, 0.0, 1.0)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | row-fate | One fate for each row
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand((tokens.shape[0], 1), generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | no-top-word | The last id never comes as a random token
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size - 1, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | at-most | A fixed number of tokens is chosen, not independently
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability)
    k = round(probability * tokens.numel())
    chosen = torch.zeros(tokens.numel(), dtype=torch.bool)
    chosen[torch.randperm(tokens.numel(), generator=generator)[:k]] = True
    chosen = chosen.view(tokens.shape) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% right | bernoulli | Integer draw from ten for the fate
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = (torch.randint(10, tokens.shape, generator=generator, device=dev) + 0.5) / 10
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% right | compare-any | Broadcast comparison for specials
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = (tokens[..., None] == torch.tensor(list(special_ids), dtype=torch.int64, device=dev)).any(-1)
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | x-exact-number-in-each-row | each row gets a fixed number of chosen tokens, the rounded share, so tokens are not chosen independently
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    device = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.long, device=device))
    order = torch.rand(tokens.shape, generator=generator, device=device).masked_fill(special, 2.0)
    rank = order.argsort(dim=1).argsort(dim=1)
    wanted = ((~special).sum(dim=1, keepdim=True) * probability).round()
    chosen = rank < wanted
    u = torch.rand(tokens.shape, generator=generator, device=device)
    anything = torch.randint(vocab_size, tokens.shape, generator=generator, device=device)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.9), anything, inputs)
    return inputs, tokens.masked_fill(~chosen, -100)


# %% wrong | x-mask-token-counts-as-special | a token that is mask_id already is never chosen, though it is not among the special ids
from collections.abc import Sequence

import torch


def mask_tokens(
    tokens: torch.Tensor,
    mask_id: int,
    vocab_size: int,
    special_ids: Sequence[int] = (),
    probability: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    special = torch.zeros_like(tokens, dtype=torch.bool)
    for token in [*special_ids, mask_id]:
        special |= tokens == token
    p = torch.full(tokens.shape, probability, device=tokens.device).masked_fill(special, 0.0)
    chosen = torch.bernoulli(p, generator=generator).bool()
    dice = torch.rand(tokens.shape, generator=generator, device=tokens.device)
    random = torch.randint(
        0, vocab_size, tokens.shape, generator=generator, device=tokens.device
    )
    inputs = tokens.clone()
    inputs[chosen & (dice < 0.8)] = mask_id
    swapped = chosen & (dice >= 0.8) & (dice < 0.9)
    inputs[swapped] = random[swapped]
    labels = torch.full_like(tokens, -100)
    labels[chosen] = tokens[chosen]
    return inputs, labels
