"""One sequence after the other, without gradients."""

import torch


@torch.no_grad()
def permutation_gap(f, x, permutation):
    gaps = []
    for sequence in x:
        before = f(sequence.index_select(0, permutation).unsqueeze(0)).squeeze(0)
        after = f(sequence.unsqueeze(0)).squeeze(0).index_select(0, permutation)
        gaps.append(torch.dist(before, after, p=float("inf")))
    return torch.stack(gaps).max()
