"""Back through each step of the forward pass: variance first, then the mean, then x."""

import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    mu = x.mean(-1, keepdim=True)
    var = ((x - mu) ** 2).mean(-1, keepdim=True)
    d_hat = d_out * gamma
    d_var = (d_hat * (x - mu)).sum(-1, keepdim=True) * -0.5 * (var + eps) ** -1.5
    d_mu = -(d_hat / (var + eps) ** 0.5).sum(-1, keepdim=True)
    dx = d_hat / (var + eps) ** 0.5 + d_var * 2 * (x - mu) / D + d_mu / D
    x_hat = (x - mu) / torch.sqrt(var + eps)
    dgamma = (d_out * x_hat).reshape(-1, D).sum(0)
    dbeta = d_out.reshape(-1, D).sum(0)
    return dx, dgamma, dbeta
