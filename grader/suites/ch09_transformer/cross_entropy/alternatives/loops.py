"""Position by position, in float64."""

import torch


def cross_entropy(logits, targets, ignore_index=-100):
    rows = logits.double().flatten(0, -2) if logits.dim() > 1 else logits.double()[None]
    total, n = rows.sum() * 0, 0
    for row, target in zip(rows, targets.flatten().tolist(), strict=True):
        if target != ignore_index:
            total = total + torch.logsumexp(row, 0) - row[target]
            n += 1
    return (total / max(n, 1)).to(logits.dtype)
