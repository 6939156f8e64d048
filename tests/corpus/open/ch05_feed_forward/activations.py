# %% wrong | no-sqrt2 | erf of x instead of x/√2
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | silu-naive-exp | x / (1 + e^-x) in the plain form: its gradient is NaN for x = -1000
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
    return x / (1 + torch.exp(-x))

# %% wrong | relu-where-nan | where gives 0 for NaN, not NaN
import math

import torch


def relu(x):
    return torch.where(x > 0, x, torch.zeros_like(x))


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | relu-in-place | x itself is changed, and returned
import math

import torch


def relu(x):
    with torch.no_grad():
        x[x < 0] = 0
    return x


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | no-value-error | every other word is taken as tanh, no ValueError
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | tanh-always | the tanh form is computed for "none" too
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | silu-sign | sigmoid of -x
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
    return x * torch.sigmoid(-x)

# %% wrong | gelu-quick | the tanh form is replaced by x·σ(1.702x), another approximation
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * torch.sigmoid(1.702 * x)
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | half-missing | the factor 1/2 of Φ is missing
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | comes-back-float32 | computed and returned as float32, whatever the dtype of x
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    x = x.float()
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    x = x.float()
    return x * torch.sigmoid(x)

# %% wrong | double-through-float32 | the numbers of float64 go through float32 and lose their digits
import math

import torch


def relu(x):
    return torch.clamp(x, min=0)


def gelu(x, approximate="none"):
    if approximate == "none":
        y = x.float()
        return (y * 0.5 * (1 + torch.erf(y / math.sqrt(2)))).to(x.dtype)
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | loop-over-first-axis | a loop over rows, which a tensor of shape () does not have
import math

import torch


def relu(x):
    out = torch.empty_like(x)
    for i in range(x.shape[0]):
        out[i] = x[i].clamp(min=0)
    return out


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | sigmoid-detached | the gate goes through .data, so its part of the gradient is missing
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
    gate = torch.sigmoid(x.data)
    return x * gate

# %% wrong | silu-two-branches-where | where over two branches with exp: the branch not taken makes the gradient NaN
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
    pos = 1 / (1 + torch.exp(-x))
    neg = torch.exp(x) / (1 + torch.exp(x))
    return x * torch.where(x >= 0, pos, neg)

# %% right | maximum | torch.maximum, named constants, mul
import math

import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.maximum(x, torch.zeros_like(x))


ROOT = math.sqrt(2 / math.pi)


def gelu(x: torch.Tensor, approximate: str = "none") -> torch.Tensor:
    if approximate not in ("none", "tanh"):
        raise ValueError("approximate must be none or tanh")
    if approximate == "none":
        phi = (1 + torch.erf(x / 2 ** 0.5)) / 2
    else:
        phi = (1 + torch.tanh(ROOT * (x + 0.044715 * x * x * x))) / 2
    return x * phi


def silu(x):
    return x * torch.sigmoid(x)

# %% wrong | library | torch's own functions, which the stub does not allow
import torch
import torch.nn.functional as F


def relu(x):
    return F.relu(x)


def gelu(x, approximate="none"):
    if approximate not in {"none", "tanh"}:
        raise ValueError(approximate)
    return F.gelu(x, approximate=approximate)


def silu(x):
    return F.silu(x)

# %% right | in-float64 | everything is computed in float64 and brought back
import math

import torch


def relu(x):
    return x.double().clamp(min=0).to(x.dtype)


def gelu(x, approximate="none"):
    y = x.double()
    match approximate:
        case "none":
            inner = torch.erf(y * math.sqrt(0.5))
        case "tanh":
            inner = torch.tanh((y + 0.044715 * y.pow(3)) * math.sqrt(2 / math.pi))
        case _:
            raise ValueError(f"not known: {approximate!r}")
    return (y * (1 + inner) / 2).to(x.dtype)


def silu(x):
    y = x.double()
    return (y * torch.sigmoid(y)).to(x.dtype)

# %% right | mask-product | x times a mask; the sigmoid by tanh
import math

import torch


def relu(x):
    is_positive = (x > 0).to(x.dtype)
    return x * is_positive


def gelu(x, approximate="none"):
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if approximate == "tanh":
        return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f"unknown approximation {approximate}")


def silu(x):
    sigma = 0.5 * (1 + torch.tanh(0.5 * x))
    return x * sigma

# %% right | dictionary | a dictionary of functions for Φ
import math

import torch


def relu(x):
    return (x + x.abs()) / 2


def _exact(x):
    return 0.5 + 0.5 * torch.erf(x / math.sqrt(2.0))


def _near(x):
    return 0.5 + 0.5 * torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))


PHI = {"none": _exact, "tanh": _near}


def gelu(x, approximate="none"):
    try:
        phi = PHI[approximate]
    except KeyError:
        raise ValueError("approximate: none or tanh") from None
    return x * phi(x)


def silu(x):
    return x * torch.sigmoid(x)
