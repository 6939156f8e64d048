"""Path by path: every sequence, output, position in between and input, in float64."""

import torch


def attention_rollout(weights: torch.Tensor) -> torch.Tensor:
    L, B, H, T, _ = weights.shape
    result = torch.zeros(B, T, T, dtype=torch.float64, device=weights.device)
    for b in range(B):
        shares = torch.eye(T, dtype=torch.float64, device=weights.device)
        for layer in range(L):
            heard = torch.zeros_like(shares)
            for t in range(T):
                row = sum(weights[layer, b, h, t].double() for h in range(H)) / H
                for j in range(T):
                    heard[t] = heard[t] + 0.5 * row[j] * shares[j]
                heard[t] = heard[t] + 0.5 * shares[t]
            shares = heard
        result[b] = shares
    return result.to(weights.dtype)
