"""Draws only for the tokens that were chosen, one of ten fates for each."""

import torch


def mask_tokens(tokens, mask_id, vocab_size, special_ids=(), probability=0.15, generator=None):
    source = {"generator": generator, "device": tokens.device}
    can_be = torch.ones_like(tokens, dtype=torch.bool)
    for special in special_ids:
        can_be &= tokens.ne(special)
    drawn = torch.rand(tokens.size(), dtype=torch.float64, **source)
    places = torch.nonzero(can_be & (drawn < probability), as_tuple=True)
    n = len(places[0])
    labels = torch.full_like(tokens, -100)
    labels[places] = tokens[places]
    fate = torch.randint(10, (n,), **source)
    read = tokens[places]
    read = torch.where(fate < 8, torch.full_like(read, mask_id), read)
    read = torch.where(fate == 8, torch.randint(vocab_size, (n,), **source), read)
    inputs = tokens.clone()
    inputs[places] = read
    return inputs, labels
