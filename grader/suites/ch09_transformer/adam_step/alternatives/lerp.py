"""Interpolation, and one step length for both corrections, as PyTorch does it."""

import math

import torch


def adam_step(
    parameter: torch.Tensor,
    gradient: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    if step <= 0:
        raise ValueError("There is no step before the first.")
    parameter = parameter.mul(1 - lr * weight_decay)
    m = torch.lerp(m, gradient, 1 - beta1)
    v = v.mul(beta2).addcmul(gradient, gradient, value=1 - beta2)
    denominator = v.sqrt().div(math.sqrt(1 - beta2**step)).add(eps)
    return parameter.addcdiv(m, denominator, value=-lr / (1 - beta1**step)), m, v
