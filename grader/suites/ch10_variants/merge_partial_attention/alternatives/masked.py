"""Factors that are set to 0 where a group has no keys."""

import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    top = torch.where(m > m2, m, m2)
    results = []
    for own, total, summed in ((m, l, o), (m2, l2, o2)):
        factor = (own - top).exp().masked_fill(own == -math.inf, 0.0)
        results.append((factor * total, factor.unsqueeze(-1) * summed))
    (a, b), (c, d) = results
    return top, a + c, b + d
