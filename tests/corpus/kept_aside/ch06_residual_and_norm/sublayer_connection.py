# %% wrong | dropout-in-place | nn.Dropout(inplace=True) writes into the sub-layer's output; with the norm last and a sub-layer that returns its very argument, x is changed.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first
        self.dropout = nn.Dropout(dropout, inplace=True)

    def forward(self, x, sublayer):
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))

# %% wrong | one-mask-for-all-tokens | Draws one dropout mask over the D features and uses it for every token; each entry is to be dropped on its own.
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
        mask = self.dropout(torch.ones(out.shape[-1], dtype=out.dtype, device=out.device))
        total = x + out * mask
        return total if self.norm_first else self.norm(total)

# %% wrong | first-sublayer-remembered | Keeps the first sub-layer in a list and calls it ever after, so the sub-layer of one call has influence on the next.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first
        self._calls = []

    def forward(self, x, sublayer):
        if not self._calls:
            self._calls.append(sublayer)
        f = self._calls[0]
        if self.norm_first:
            return x + self.dropout(f(self.norm(x)))
        return self.norm(x + self.dropout(f(x)))

# %% wrong | main-road-cut | The residual is taken from x.detach(), so gradients reach x on one way only and not on both.
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        residual = x.clone().detach()
        if self.norm_first:
            return residual + self.dropout(sublayer(self.norm(x)))
        return self.norm(residual + self.dropout(sublayer(x)))

# %% wrong | norm-at-both-ends | With the norm first it also normalises the sum, which should be x + dropout(...) as it is.
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
        return self.norm(x + self.dropout(sublayer(h)))

# %% wrong | norm-over-the-sentence | The norm runs over T and D of a sentence together and not over the D features of a token.
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
            return F.layer_norm(h, h.shape[1:]) * self.norm.weight + self.norm.bias

        if self.norm_first:
            return x + self.dropout(sublayer(norm(x)))
        return norm(x + self.dropout(sublayer(x)))

# %% right | methods | small methods, chosen by the flag
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        return (self._pre if self.norm_first else self._post)(x, sublayer)

    def _side(self, h, sublayer):
        return self.dropout(sublayer(h))

    def _pre(self, x, sublayer):
        return x + self._side(self.norm(x), sublayer)

    def _post(self, x, sublayer):
        return self.norm(self._side(x, sublayer) + x)

# %% right | parameters-in-a-holder | a plain nn.Module holds weight and bias; var_mean in float64
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.Module()
        self.norm.weight = nn.Parameter(torch.ones(d_model))
        self.norm.bias = nn.Parameter(torch.zeros(d_model))
        self.drop = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.first = norm_first

    def normalise(self, h):
        wide = h.double()
        var, mean = torch.var_mean(wide, dim=-1, correction=0, keepdim=True)
        unit = (wide - mean) / torch.sqrt(var + 1e-5)
        return (unit * self.norm.weight.double() + self.norm.bias.double()).to(h.dtype)

    def forward(self, x, sublayer):
        if self.first:
            return x + self.drop(sublayer(self.normalise(x)))
        return self.normalise(x + self.drop(sublayer(x)))

# %% right | bernoulli-copy | clones what goes in, Bernoulli mask in float32, added in place on an own copy
import torch
from torch import nn


class SublayerConnection(nn.Module):
    def __init__(self, d_model, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.keep = 1.0 - dropout
        self.norm_first = norm_first

    def forward(self, x, sublayer):
        stream = x.clone()
        out = sublayer(self.norm(x) if self.norm_first else x)
        if self.training:
            chances = torch.full(out.shape, self.keep, device=out.device)
            out = out * (torch.bernoulli(chances) / self.keep).to(out.dtype)
        stream += out
        if not self.norm_first:
            stream = self.norm(stream)
        return stream
