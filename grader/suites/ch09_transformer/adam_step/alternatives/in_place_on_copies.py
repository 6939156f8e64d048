"""Copies, changed in place under no_grad; float64 inside."""

import torch


@torch.no_grad()
def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("Steps are counted from 1.")
    dtype = parameter.dtype
    theta, g = parameter.double().clone(), gradient.double()
    m, v = m.double().clone(), v.double().clone()
    theta -= lr * weight_decay * theta
    m.mul_(beta1).add_(g, alpha=1 - beta1)
    v.mul_(beta2).add_(g.square(), alpha=1 - beta2)
    corrected = torch.sqrt(v / (1 - beta2**step))
    theta -= lr * (m / (1 - beta1**step)) / (corrected + eps)
    return theta.to(dtype), m.to(dtype), v.to(dtype)
