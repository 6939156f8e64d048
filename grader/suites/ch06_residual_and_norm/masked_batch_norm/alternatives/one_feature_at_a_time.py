"""Each feature by itself, with torch's variance of the picked numbers."""

import torch


def masked_batch_norm(x, mask, eps=1e-5):
    columns = []
    for d in range(x.shape[2]):
        feature = x[:, :, d]
        picked = feature.masked_select(mask)
        if picked.numel() == 0:
            columns.append(feature * 0)
            continue
        variance, mean = torch.var_mean(picked, correction=0)
        normalised = (feature - mean) / (variance + eps) ** 0.5
        columns.append(torch.where(mask, normalised, torch.zeros_like(normalised)))
    return torch.stack(columns, -1)
