"""p_i (δ_ij − p_j), with the products by einsum."""

import torch


def softmax_jacobian(p):
    identity = torch.eye(p.shape[-1], dtype=p.dtype, device=p.device)
    return torch.einsum("...i,...ij->...ij", p, identity - p.unsqueeze(-2))
