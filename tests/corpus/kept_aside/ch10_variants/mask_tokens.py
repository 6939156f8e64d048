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
