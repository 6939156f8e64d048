"""The output of the shuffled x is put back into the old order; the largest entry is the same."""

import torch


def permutation_gap(f, x, permutation):
    back = torch.argsort(permutation)
    return torch.amax(torch.abs(f(x[:, permutation, :])[:, back, :] - f(x)))
