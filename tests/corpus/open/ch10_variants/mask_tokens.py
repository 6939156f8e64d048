# %% right | where | Two draws and where
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% right | fate-table | Multinomial fates
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    shares = torch.tensor([0.8, 0.1, 0.1], device=dev)
    fate = torch.multinomial(shares, tokens.numel(), replacement=True, generator=generator)
    u = torch.tensor([0.0, 0.85, 0.95], device=dev)[fate].view(tokens.shape)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% right | loop-special | Specials by a loop, clone and index
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.zeros_like(tokens, dtype=torch.bool)
    for s in special_ids:
        special |= tokens == s
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = tokens.clone()
    inputs[chosen & (u < 0.8)] = mask_id
    swap = chosen & (u >= 0.8) & (u < 0.9)
    inputs[swap] = words[swap]
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% right | second-coin-half | Half of the rest by a second coin
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    coin = torch.rand(tokens.shape, generator=generator, device=dev) < 0.5
    inputs = torch.where(chosen & (u >= 0.8) & coin, words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | tenth-of-rest | 10 % of the rest are random: 2 % and 18 %
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.82), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | specials | Special tokens may be chosen
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability)
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | labels-all | Labels everywhere
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.clone()
    return inputs, labels

# %% wrong | labels-inputs | Labels hold the hidden inputs
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = inputs.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | always-mask | Every chosen token becomes mask_id
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 2), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | label-zero | 0 in place of -100
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, 0)
    return inputs, labels

# %% wrong | in-place | tokens are changed
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    tokens.copy_(inputs)
    return inputs, labels

# %% wrong | changed-only | Labels only where the token changed
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(inputs == tokens, -100)
    return inputs, labels

# %% wrong | one-word | One random word for the whole batch
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, generator=generator, device=dev)
    words = torch.randint(vocab_size, (1,), generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels

# %% wrong | generator-half | The second draw ignores the generator
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    dev = tokens.device
    special = torch.isin(tokens, torch.tensor(list(special_ids), dtype=torch.int64, device=dev))
    chosen = (torch.rand(tokens.shape, generator=generator, device=dev) < probability) & ~special
    u = torch.rand(tokens.shape, device=dev)
    words = torch.randint(vocab_size, tokens.shape, generator=generator, device=dev)
    inputs = torch.where(chosen & (u < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (u >= 0.8) & (u < 0.9), words, inputs)
    labels = tokens.masked_fill(~chosen, -100)
    return inputs, labels
