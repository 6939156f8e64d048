"""From the last layer down to the first, starting with the identity, and rows normalised again."""

import torch


def attention_rollout(weights):
    L, B, H, T, _ = weights.shape
    shares = torch.eye(T).to(weights).expand(B, T, T)
    for number in range(L - 1, -1, -1):
        mixed = weights[number].sum(1) / H + torch.eye(T, device=weights.device)
        shares = shares.matmul(mixed / mixed.sum(-1, keepdim=True))
    return shares
