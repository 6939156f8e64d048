"""Forwards: each product grows on the left. The norm is the root of the squared singular values."""

import torch
from torch import Tensor


def rnn_gradient_norms(w: Tensor, u: Tensor, xs: Tensor, h0: Tensor) -> Tensor:
    products: list[Tensor] = []
    h = h0
    for x in xs:
        h = torch.tanh(torch.mv(w, h) + torch.mv(u, x))
        step = torch.diag(1 - h * h) @ w
        products = [step @ product for product in products]
        products.append(torch.eye(h.numel(), dtype=h.dtype, device=h.device))
    return torch.linalg.svdvals(torch.stack(products)).square().sum(-1).sqrt()
