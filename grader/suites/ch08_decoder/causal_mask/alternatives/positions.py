"""The positions of keys and queries, compared."""

import torch


def causal_mask(length: int, past: int = 0) -> torch.Tensor:
    keys = torch.arange(past + length)
    queries = torch.arange(past, past + length)
    return keys[None, :] <= queries[:, None]
