"""In float64; when causal, in chunks of 64 positions with a triangle inside each."""

import torch


def performer_features(x, projection):
    x, w = x.double(), projection.double()
    rows = [(x * row).sum(-1) - x.pow(2).sum(-1) / 2 for row in w]
    return (torch.stack(rows, -1).exp() / len(rows) ** 0.5).to(projection.dtype)


def performer_attention(q, k, v, projection, causal=False):
    dtype = q.dtype
    q, k, v, projection = q.double(), k.double(), v.double(), projection.double()
    scale = q.shape[-1] ** -0.25
    fq, fk = performer_features(scale * q, projection), performer_features(scale * k, projection)
    if not causal:
        weights_sum = fq @ fk.sum(-2, keepdim=True).transpose(-1, -2)
        return (fq @ (fk.transpose(-1, -2) @ v) / weights_sum).to(dtype)
    memory = torch.zeros_like(fk[..., :1, :].transpose(-1, -2) @ v[..., :1, :])
    total = torch.zeros_like(fk[..., 0, :])
    out = []
    for a, b, c in zip(fq.split(64, -2), fk.split(64, -2), v.split(64, -2), strict=True):
        inner = torch.tril(a @ b.transpose(-1, -2))
        numerator = a @ memory + inner @ c
        divisor = (a * total.unsqueeze(-2)).sum(-1, keepdim=True) + inner.sum(-1, keepdim=True)
        out.append(numerator / divisor)
        memory, total = memory + b.transpose(-1, -2) @ c, total + b.sum(-2)
    return torch.cat(out, -2).to(dtype)
