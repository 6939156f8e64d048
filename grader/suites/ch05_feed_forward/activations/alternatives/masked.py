"""relu as a filled copy, the normal distribution of torch, and the logarithm of the sigmoid."""

import torch


def relu(x):
    return x.masked_fill(x < 0, 0)


def gelu(x, approximate="none"):
    match approximate:
        case "none":
            normal = torch.distributions.Normal(0.0, 1.0, validate_args=False)
            return x * normal.cdf(x)
        case "tanh":
            inner = (2 / torch.pi) ** 0.5 * (x + 0.044715 * torch.pow(x, 3))
            return 0.5 * x * (1.0 + torch.tanh(inner))
    raise ValueError("approximate must be none or tanh")


def silu(x):
    return torch.mul(x, x.sigmoid())
