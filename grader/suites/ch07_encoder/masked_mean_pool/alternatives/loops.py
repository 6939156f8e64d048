"""The mean of the chosen rows of each sequence."""

import torch


def masked_mean_pool(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    rows = []
    for sequence, real in zip(x, mask, strict=True):
        chosen = sequence[real]
        rows.append(chosen.mean(dim=0) if len(chosen) else sequence.new_zeros(x.shape[-1]))
    return torch.stack(rows)
