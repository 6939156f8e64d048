"""Bernoulli draws one after the other, and assignments into copies."""

import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    inputs, labels = tokens.clone(), tokens.clone()
    chances = torch.full(tokens.shape, float(probability), device=tokens.device)
    for special in special_ids:
        chances.masked_fill_(tokens == special, 0.0)
    chosen = torch.bernoulli(chances, generator=generator).bool()
    labels[~chosen] = -100
    mostly = torch.full(tokens.shape, 0.8, device=tokens.device)
    masked = torch.bernoulli(mostly, generator=generator).bool() & chosen
    inputs[masked] = mask_id
    half = torch.full(tokens.shape, 0.5, device=tokens.device)
    swapped = torch.bernoulli(half, generator=generator).bool() & chosen & ~masked
    words = torch.randint(
        0, vocab_size, tokens.shape, generator=generator, device=tokens.device, dtype=torch.long
    )
    inputs[swapped] = words[swapped]
    return inputs, labels
