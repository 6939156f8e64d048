"""One more feature turns the distance into a dot product: (q, 1) · (k, −‖k‖²/2)."""

import torch
import torch.nn.functional as F


def distance_attention(q, k, v):
    longer_q = F.pad(q, (0, 1), value=1.0)
    longer_k = torch.cat([k, -k.pow(2).sum(-1, keepdim=True) / 2], dim=-1)
    identity = torch.eye(k.size(-2), dtype=k.dtype, device=k.device).expand(*k.shape[:-1], -1)
    weights = F.scaled_dot_product_attention(longer_q, longer_k, identity, scale=1.0)
    return weights @ v, weights
