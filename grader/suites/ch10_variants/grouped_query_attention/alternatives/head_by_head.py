"""One query head after another."""

import torch


def grouped_query_attention(q, k, v, mask=None):
    n_heads, n_groups = q.size(1), k.size(1)
    if n_heads % n_groups:
        raise ValueError("the heads do not divide into groups")
    members = n_heads // n_groups
    if mask is None:
        mask = torch.ones(q.size(-2), k.size(-2), dtype=torch.bool, device=q.device)
    mask = mask.expand(q.size(0), n_heads, q.size(-2), k.size(-2))
    outputs, weights = [], []
    for h in range(n_heads):
        scores = q[:, h] @ k[:, h // members].transpose(1, 2) * q.size(-1) ** -0.5
        scores = torch.where(mask[:, h], scores, torch.finfo(q.dtype).min)
        w = torch.softmax(scores, dim=-1) * mask[:, h]
        weights.append(w)
        outputs.append(w @ v[:, h // members])
    return torch.stack(outputs, dim=1), torch.stack(weights, dim=1)
