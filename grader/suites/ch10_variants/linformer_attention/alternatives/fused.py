"""Torch's own attention over the mixtures, which F.linear makes."""

import torch
import torch.nn.functional as F


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = F.linear(k.transpose(-2, -1), e).transpose(-2, -1)
    values = F.linear(v.transpose(-2, -1), f).transpose(-2, -1)
    return F.scaled_dot_product_attention(q, keys, values)
