"""W meets the keys first, and `bmm` does the rest."""

import torch
import torch.nn.functional as F


def multiplicative_score(query, keys, weight):
    return torch.bmm(query, F.linear(keys, weight).permute(0, 2, 1))
