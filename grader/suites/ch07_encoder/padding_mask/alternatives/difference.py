"""The difference to pad_id as a truth value, and a view."""

import torch


def padding_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    B, S = tokens.shape
    return (tokens - pad_id).bool().reshape(B, 1, 1, S)
