"""Four outcomes of one draw: not chosen, [MASK], random, kept."""

import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    p = probability
    shares = torch.tensor([1 - p, 0.8 * p, 0.1 * p, 0.1 * p], device=tokens.device)
    outcome = torch.multinomial(shares, tokens.numel(), replacement=True, generator=generator)
    outcome = outcome.reshape(tokens.shape)
    lookup = torch.zeros(vocab_size, dtype=torch.bool, device=tokens.device)
    lookup[list(special_ids)] = True
    outcome = outcome.masked_fill(lookup[tokens], 0)
    words = torch.rand(tokens.shape, generator=generator, device=tokens.device) * vocab_size
    choices = torch.stack(
        [tokens, torch.full_like(tokens, mask_id), words.long().clamp(max=vocab_size - 1), tokens]
    )
    inputs = choices.gather(0, outcome[None])[0]
    return inputs, torch.where(outcome == 0, -100, tokens)
