"""One row at a time: a softmax over the allowed positions alone, put back in their places."""

import torch


def masked_softmax(scores, mask):
    allowed = torch.broadcast_to(mask, scores.shape).reshape(-1, scores.shape[-1])
    rows = []
    for row, keep in zip(scores.reshape(-1, scores.shape[-1]), allowed, strict=True):
        weights = torch.zeros_like(row)
        if keep.any():
            weights[keep] = torch.softmax(row[keep], dim=0)
        rows.append(weights)
    return torch.stack(rows).view(scores.shape)
