"""torch.cdist, whose gradient at distance 0 is 0, and a softmax by log-sum-exp."""

import torch


def distance_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor):
    scores = -torch.cdist(q, k).pow(2) / 2
    weights = torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
    return torch.einsum("...ts,...se->...te", weights, v), weights
