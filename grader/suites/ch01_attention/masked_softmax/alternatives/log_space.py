import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    scores = scores.masked_fill(~mask, -torch.inf)
    total = scores.logsumexp(dim=-1, keepdim=True)
    return torch.where(mask, torch.exp(scores - total), 0.0)
