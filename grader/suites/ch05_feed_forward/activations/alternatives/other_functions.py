"""The larger one of two; the normal distribution's own function; sigmoids for both tanhs."""

import math

import torch


def relu(x):
    return torch.maximum(x, torch.zeros_like(x))


def gelu(x, approximate="none"):
    if approximate not in ("none", "tanh"):
        raise ValueError(f"No such form: {approximate}")
    if approximate == "none":
        return x * torch.special.ndtr(x.float() if x.element_size() < 4 else x).to(x.dtype)
    return x * torch.sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))


def silu(x):
    return x * (0.5 * (1 + torch.tanh(0.5 * x)))
