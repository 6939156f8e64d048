"""The fused kernel, told not to scale."""

import torch
import torch.nn.functional as F


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    q, k, v = query[None, None, None], keys[None, None], values[None, None]
    return F.scaled_dot_product_attention(q, k, v, scale=1.0)[0, 0, 0]
