# %% wrong | log-of-sigmoid | x·exp(-log(1+e^-x)): the log of infinity spoils the gradient at -1000
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.exp(-torch.log(1 + torch.exp(-x)))

# %% wrong | relu-fmax | fmax drops NaN
import math

import torch


def relu(x):
    return torch.fmax(x, torch.zeros_like(x))


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | assertion | assert instead of ValueError
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    assert approximate in ("none", "tanh")
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | square-for-cube | x² in the place of x³ in the tanh form
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 2)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | mul-in-place | x is multiplied in place by its sigmoid
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    gate = torch.sigmoid(x)
    y = x.detach() if not x.requires_grad else x.clone()
    y *= gate
    return y

# %% wrong | flattened | a result that is flat for every shape
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    y = x.reshape(-1)
    return y * torch.sigmoid(y)

# %% right | softplus | σ by log-sigmoid, and relu by clamp_min
import math

import torch
from torch.nn.functional import logsigmoid


def relu(x):
    return x.clamp_min(0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * logsigmoid(x).exp()

# %% right | normal-cdf | torch.special.ndtr, and the cube in Horner form
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "tanh":
        inner = math.sqrt(2 / math.pi) * x * (1 + 0.044715 * x * x)
        return 0.5 * x * (1 + inner.tanh())
    elif approximate == "none":
        return x * torch.special.ndtr(x)
    else:
        raise ValueError("approximate has to be 'none' or 'tanh'")


def silu(x):
    return torch.mul(x, x.sigmoid())

# %% right | where-keeps-nan | where x < 0 takes zeros, so that NaN stays; erfc
import math

import torch


def relu(x):
    return torch.where(x < 0, torch.zeros_like(x), x)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * torch.erfc(-x / math.sqrt(2)) / 2
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)
