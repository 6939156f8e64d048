"""Two means over the positions that count, from a softmax by hand."""

import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    if not (smoothing >= 0 and smoothing <= 1):
        raise ValueError(smoothing)
    logits, targets = logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)
    keep = torch.nonzero(targets != ignore_index).flatten()
    if len(keep) == 0:
        return logits.sum() * 0.0
    logits, targets = logits[keep], targets[keep]
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_probs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    nll = -log_probs[torch.arange(len(targets)), targets].mean()
    return (1 - smoothing) * nll + smoothing * -log_probs.mean()
