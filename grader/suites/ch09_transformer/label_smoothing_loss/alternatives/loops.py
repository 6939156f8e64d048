"""Position by position, in float64."""

import torch


def label_smoothing_loss(logits, targets, smoothing, ignore_index=-100):
    if smoothing > 1 or smoothing < 0:
        raise ValueError("0 ≤ ε ≤ 1 is needed")
    rows = logits.double().flatten(0, -2) if logits.dim() > 1 else logits.double()[None]
    total, n = rows.sum() * 0, 0
    for row, target in zip(rows, targets.flatten().tolist(), strict=True):
        if target == ignore_index:
            continue
        log_p = row - torch.logsumexp(row, 0)
        aim = torch.full_like(row, smoothing / len(row))
        aim[target] += 1 - smoothing
        total = total - torch.dot(aim, log_p)
        n += 1
    return (total / max(n, 1)).to(logits.dtype)
