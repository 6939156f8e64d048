# %% wrong | main-road-normalised | With the norm first, norm(x) is added and not x itself.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            h = self.norm(x)
            return h + self.dropout(sublayer(h))
        return self.norm(x + self.dropout(sublayer(x)))

# %% wrong | norm-on-the-side-road | With the norm last, it normalises the sub-layer's output before the sum: x + norm(...).
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return x + self.norm(self.dropout(sublayer(x)))

# %% wrong | dropout-on-the-sum | Dropout falls on the whole sum, also on x, and not on the sub-layer's output alone.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return self.dropout(x + sublayer(self.norm(x)))
        return self.norm(self.dropout(x + sublayer(x)))

# %% wrong | order-swapped | norm_first=True puts the norm after the sum and False before the sub-layer.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if not self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))

# %% wrong | dropout-in-evaluation | F.dropout without training=self.training drops entries in evaluation, although it is for training mode only.
import torch
from torch import nn
import torch.nn.functional as F


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.p = dropout
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + F.dropout(sublayer(self.norm(x)), self.p)
        return self.norm(x + F.dropout(sublayer(x), self.p))

# %% wrong | sublayer-stored | Stores the sub-layer on self, so its parameters become the module's after a call.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        self.sublayer = sublayer
        if self.norm_first:
            return x + self.dropout(self.sublayer(self.norm(x)))
        return self.norm(x + self.dropout(self.sublayer(x)))

# %% wrong | x-changed-in-place | x += changes the tensor of the caller.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            x += self.dropout(sublayer(self.norm(x)))
            return x
        x += self.dropout(sublayer(x))
        return self.norm(x)

# %% wrong | output-used-for-the-sum | Adds x into the sub-layer's output in place; where a sub-layer returns the very tensor it was given, x is changed.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        out = sublayer(self.norm(x) if self.norm_first else x)
        if self.training:
            out = self.dropout(out)
        out += x
        return out if self.norm_first else self.norm(out)

# %% wrong | norm-under-another-name | The norm is called layer_norm, so the parameters are layer_norm.weight and layer_norm.bias and not norm.weight and norm.bias.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.layer_norm = nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.drop(sublayer(self.layer_norm(x)))
        return self.layer_norm(x + self.drop(sublayer(x)))

# %% wrong | no-residual | Forgets x + with the norm last.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(self.dropout(sublayer(x)))

# %% wrong | two-calls | Calls the sub-layer twice, once to look at the shape; it is to be called exactly once.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        h = self.norm(x) if self.norm_first else x
        if sublayer(h).shape != x.shape:
            raise ValueError("shapes differ")
        total = x + self.dropout(sublayer(h))
        return total if self.norm_first else self.norm(total)

# %% wrong | dropout-not-rescaled | The entries that survive dropout are not divided by 1 − p.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.p = dropout
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        out = sublayer(self.norm(x) if self.norm_first else x)
        if self.training:
            out = out * (torch.rand_like(out) >= self.p)
        return x + out if self.norm_first else self.norm(x + out)

# %% wrong | deviation-with-d-minus-one | Own norm divides by std with D − 1 plus eps outside the root, so it is not a layer norm with eps = 1e-5.
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, size, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        std = x.std(-1, keepdim=True)
        return self.weight * (x - mean) / (std + self.eps) + self.bias


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = Norm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))

# %% wrong | float32-comes-out | Goes to float32 for the norm and does not come back, so float16, bfloat16 and float64 are lost: the result must have the dtype of x.
import torch
from torch import nn
import torch.nn.functional as F


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        def norm(h):
            return F.layer_norm(h.float(), h.shape[-1:], self.norm.weight.float(), self.norm.bias.float())

        if self.norm_first:
            return x.float() + self.dropout(sublayer(norm(x).to(x.dtype)))
        return norm(x + self.dropout(sublayer(x)))

# %% right | torch-modules | nn.LayerNorm and nn.Dropout, two branches
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))

# %% right | functional-typed | F.dropout with training=, one flow, type hints
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.0, norm_first: bool = False) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model, eps=1e-5)
        self.rate = dropout
        self.norm_first = norm_first

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        read = self.norm(x) if self.norm_first else x
        written = F.dropout(sublayer(read), p=self.rate, training=self.training)
        total = torch.add(x, written)
        return total if self.norm_first else self.norm(total)

# %% right | own-layer-norm | an own LayerNorm that goes to float32 for half precision
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        c = wide - wide.mean(-1, keepdim=True)
        c = c / (c.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return (c * self.weight + self.bias).to(x.dtype)


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = LayerNorm(d_model)
        self.dropout = nn.Dropout(p=dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))

# %% right | two-steps-from-a-table | picks before and after at construction, identity for the missing norm
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        keep = lambda h: h
        before, after = (self.norm, keep) if self.norm_first else (keep, self.norm)
        return after(x + self.dropout(sublayer(before(x))))

# %% right | mask-by-rand | dropout by hand with a random mask
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.p = dropout
        self.norm_first = bool(norm_first)

    def forward(self, x, sublayer):
        if self.norm_first:
            branch = sublayer(self.norm(x))
        else:
            branch = sublayer(x)
        if self.training and self.p > 0:
            keep = torch.rand(branch.shape, device=branch.device) >= self.p
            branch = branch.masked_fill(~keep, 0.0) / (1 - self.p)
        result = x + branch
        if self.norm_first:
            return result
        return self.norm(result)
