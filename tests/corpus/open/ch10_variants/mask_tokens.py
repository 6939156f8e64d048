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

# %% wrong | swapped-shares | 0.8 become random words and only 0.1 become mask_id
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    shape, device = tokens.shape, tokens.device
    chosen = torch.rand(shape, generator=generator, device=device) < probability
    for special in special_ids:
        chosen &= tokens != special
    fate = torch.rand(shape, generator=generator, device=device)
    words = torch.randint(0, vocab_size, shape, generator=generator, device=device)
    inputs = torch.where(chosen & (fate < 0.1), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.1) & (fate < 0.9), words, inputs)
    labels = torch.where(chosen, tokens, -100)
    return inputs, labels

# %% wrong | no-special-words | Random tokens are drawn from the ids that are not special and not mask_id
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    shape, device = tokens.shape, tokens.device
    chosen = torch.rand(shape, generator=generator, device=device) < probability
    for special in special_ids:
        chosen &= tokens != special
    fate = torch.rand(shape, generator=generator, device=device)
    ordinary = [i for i in range(vocab_size) if i not in special_ids and i != mask_id]
    ordinary = torch.tensor(ordinary, device=device)
    words = ordinary[torch.randint(0, len(ordinary), shape, generator=generator, device=device)]
    inputs = torch.where(chosen & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    labels = torch.where(chosen, tokens, -100)
    return inputs, labels

# %% wrong | never-itself | A random token is never the token itself
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    shape, device = tokens.shape, tokens.device
    chosen = torch.rand(shape, generator=generator, device=device) < probability
    for special in special_ids:
        chosen &= tokens != special
    fate = torch.rand(shape, generator=generator, device=device)
    step = torch.randint(1, vocab_size, shape, generator=generator, device=device)
    words = (tokens + step) % vocab_size
    inputs = torch.where(chosen & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    labels = torch.where(chosen, tokens, -100)
    return inputs, labels

# %% wrong | own-seed | Without a generator the same seed is taken at each call, not torch's own numbers
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    if generator is None:
        generator = torch.Generator(device=tokens.device).manual_seed(42)
    shape, device = tokens.shape, tokens.device
    chosen = torch.rand(shape, generator=generator, device=device) < probability
    for special in special_ids:
        chosen &= tokens != special
    fate = torch.rand(shape, generator=generator, device=device)
    words = torch.randint(0, vocab_size, shape, generator=generator, device=device)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    labels = torch.where(chosen, tokens, -100)
    return inputs, labels

# %% wrong | at-least-one | A row in which chance chose nothing gets one chosen token all the same
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    shape, device = tokens.shape, tokens.device
    chosen = torch.rand(shape, generator=generator, device=device) < probability
    for special in special_ids:
        chosen &= tokens != special
    allowed = torch.ones_like(chosen)
    for special in special_ids:
        allowed &= tokens != special
    if probability > 0:
        for row in range(shape[0]):
            if not chosen[row].any() and allowed[row].any():
                chosen[row, allowed[row].nonzero()[0]] = True
    fate = torch.rand(shape, generator=generator, device=device)
    words = torch.randint(0, vocab_size, shape, generator=generator, device=device)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    labels = torch.where(chosen, tokens, -100)
    return inputs, labels

# %% wrong | mask-id-special | A token that is mask_id already is never chosen, though special_ids do not name it
import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    shape, device = tokens.shape, tokens.device
    chosen = torch.rand(shape, generator=generator, device=device) < probability
    for special in [*special_ids, mask_id]:
        chosen &= tokens != special
    fate = torch.rand(shape, generator=generator, device=device)
    words = torch.randint(0, vocab_size, shape, generator=generator, device=device)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), words, inputs)
    labels = torch.where(chosen, tokens, -100)
    return inputs, labels
