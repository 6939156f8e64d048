"""The Jacobian of x̂ as a matrix for each row: (I − 1/D − x̂ x̂ᵀ/D) / deviation."""

import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.size(-1)
    variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
    inverse = torch.rsqrt(variance + eps)
    x_hat = (x - mean) * inverse
    identity = torch.eye(D, dtype=x.dtype, device=x.device)
    projection = identity - 1 / D - x_hat.unsqueeze(-1) * x_hat.unsqueeze(-2) / D
    dx = torch.einsum("...ij,...i->...j", projection, d_out * gamma) * inverse
    dgamma = torch.einsum("...d,...d->d", d_out, x_hat)
    return dx, dgamma, torch.einsum("...d->d", d_out)
