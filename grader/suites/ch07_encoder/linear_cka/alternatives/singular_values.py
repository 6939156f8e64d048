"""From the singular vectors: overlaps of directions, weighted by how much varies along them."""

import torch


def linear_cka(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    u, s, _ = torch.linalg.svd(x - torch.mean(x, 0), full_matrices=False)
    v, r, _ = torch.linalg.svd(y - torch.mean(y, 0), full_matrices=False)
    overlaps = (u.T @ v) ** 2 * s[:, None] ** 2 * r**2
    return overlaps.sum() / ((s**4).sum().sqrt() * (r**4).sum().sqrt())
