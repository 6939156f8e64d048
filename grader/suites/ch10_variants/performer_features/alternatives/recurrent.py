"""A loop over the positions when causal, which keeps one matrix and one vector."""

import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half = (x * x).sum(-1, keepdim=True).div(2)
    log_m = 0.5 * math.log(projection.size(0))
    return (x.matmul(projection.t()) - half - log_m).exp()


def performer_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    projection: torch.Tensor,
    causal: bool = False,
) -> torch.Tensor:
    root = math.sqrt(math.sqrt(q.size(-1)))
    phi_q, phi_k = (
        performer_features(q / root, projection),
        performer_features(k / root, projection),
    )
    if not causal:
        memory = torch.matmul(phi_k.mT, v)
        total = phi_k.sum(-2).unsqueeze(-1)  # (..., m, 1)
        return torch.matmul(phi_q, memory) / torch.matmul(phi_q, total)
    memory, total, rows = 0, 0, []
    for t in range(q.size(-2)):
        key = phi_k[..., t, :].unsqueeze(-1)  # (..., m, 1)
        memory = memory + key * v[..., t : t + 1, :]
        total = total + key
        query = phi_q[..., t : t + 1, :]
        rows.append(query @ memory / (query @ total))
    return torch.cat(rows, dim=-2)
