"""Pair by pair, into a mask that was made before."""

import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    B, T = tokens.shape
    mask = torch.zeros(B, 1, T, T, dtype=torch.bool, device=tokens.device)
    for b, row in enumerate(tokens.tolist()):
        for t in range(T):
            for s in range(t + 1):
                mask[b, 0, t, s] = row[s] != pad_id
    return mask
