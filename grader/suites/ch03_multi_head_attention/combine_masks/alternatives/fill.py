"""The pattern copied for each sequence, with the columns of padding closed."""

import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    B, T = len(key_is_real), len(allowed)
    mask = allowed.repeat(B, 1, 1)
    for b in range(B):
        for t in range(T):
            mask[b, t, ~key_is_real[b]] = False
    return mask.unsqueeze(1)
