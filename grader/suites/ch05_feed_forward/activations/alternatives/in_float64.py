"""Float64 inside, and the dtype of x outside."""

from math import pi

import torch


def relu(x):
    return torch.where(x < 0, 0.0, x.double()).to(x.dtype)


def gelu(x, approximate="none"):
    y = x.double()
    if approximate == "none":
        share = 0.5 * torch.erfc(-y / 2**0.5)
    elif approximate == "tanh":
        share = 0.5 + 0.5 * torch.tanh((2 / pi) ** 0.5 * (y + 0.044715 * y.pow(3)))
    else:
        raise ValueError(approximate)
    return (y * share).to(x.dtype)


def silu(x):
    y = x.double()
    return (y * torch.special.expit(y)).to(x.dtype)
