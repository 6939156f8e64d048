"""Covariances, and Frobenius norms by `torch.linalg`."""

import torch


def linear_cka(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    p = x.size(1)
    c = torch.cov(torch.cat([x, y], dim=1).T).reshape(p + y.size(1), -1)
    cross = torch.linalg.matrix_norm(c[:p, p:]) ** 2
    return cross / (torch.linalg.matrix_norm(c[:p, :p]) * torch.linalg.matrix_norm(c[p:, p:]))
