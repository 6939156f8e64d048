"""A batched product in which x is broadcast over the heads."""

import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return x[:, None] @ w  # (B, 1, T, D) @ (H, D, d)
