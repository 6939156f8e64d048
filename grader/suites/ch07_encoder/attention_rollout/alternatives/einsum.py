"""One einsum for each layer, and the residual connection as a sum of its own."""

import torch


def attention_rollout(weights: torch.Tensor) -> torch.Tensor:
    averaged = torch.einsum("lbhts->lbts", weights) / weights.shape[2]
    shares = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    shares = shares.repeat(weights.shape[1], 1, 1)
    for layer in averaged:
        shares = 0.5 * shares + 0.5 * torch.einsum("btj,bjs->bts", layer, shares)
    return shares
