"""Pairs as rows of a tensor; a walk over the places where the pair stands."""

import torch


def train_bpe(text, n_merges):
    tokens = torch.tensor(list(text.encode("utf-8")), dtype=torch.int64)
    merges = []
    while len(merges) < n_merges and tokens.numel() >= 2:
        pairs = torch.stack([tokens[:-1], tokens[1:]], dim=1)
        kinds, counts = pairs.unique(dim=0, return_counts=True)
        if counts.max() < 2:
            break
        pair = kinds[(counts == counts.max()).nonzero()[0, 0]]
        merges.append(tuple(pair.tolist()))
        keep, last = [True] * tokens.numel(), -2
        for place in (pairs == pair).all(dim=1).nonzero().flatten().tolist():
            if place > last + 1:
                keep[place + 1], last = False, place
                tokens[place] = 255 + len(merges)
        tokens = tokens[torch.tensor(keep)]
    return merges
