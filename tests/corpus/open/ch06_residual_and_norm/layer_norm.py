# %% wrong | unbiased | divides the squares by D - 1, not by D
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        y = (h - h.mean(-1, keepdim=True)) / (h.var(-1, keepdim=True) + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | eps-outside | eps is added to the root and not under it
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v.sqrt() + self.eps)
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | first-axis | normalises over the first axis, not the last
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(0, keepdim=True)
        y = c / (c.square().mean(0, keepdim=True) + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | whole-tensor | one mean for all rows together
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean()
        y = c / (c.square().mean() + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | no-root | divides by the variance, not by its root
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps)
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | no-bias | the bias is never added
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y).to(x.dtype)

# %% wrong | mean-of-squares | variance as mean of squares minus squared mean, inexact far from 0
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        m = h.mean(-1, keepdim=True)
        v = (h.square().mean(-1, keepdim=True) - m.square()).clamp(min=0)
        y = (h - m) / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | half-throughout | float16 is not computed in float32, so squares become infinite
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | float64-lost | float64 is computed in float32
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | dtype-lost | float16 in, float32 out
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return self.weight.float() * y + self.bias.float() if x.dtype != torch.float64 else self.weight * y + self.bias

# %% wrong | statistics-detached | no gradient goes through mean and variance
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        m = h.mean(-1, keepdim=True).detach()
        v = (h - m).square().mean(-1, keepdim=True).detach()
        y = (h - m) / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | in-place | x itself is changed
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        x -= x.mean(-1, keepdim=True)
        h = x if x.dtype == torch.float64 else x.float()
        v = h.square().mean(-1, keepdim=True)
        y = h / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | buffers | weight and bias are buffers and no parameters
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.register_buffer('weight', torch.ones(d_model))
        self.register_buffer('bias', torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | three-axes-only | takes axis 2, so works only for (B, T, D)
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(2, keepdim=True)
        y = c / (c.square().mean(2, keepdim=True) + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | plain | mean of squares of the centred row
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | var-correction | torch.var with correction 0 and rsqrt
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        y = (h - h.mean(-1, keepdim=True)) * torch.rsqrt(h.var(-1, correction=0, keepdim=True) + self.eps)
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | double-inside | everything in float64
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x.double()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | sums | sums divided by the size
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        n = x.shape[-1]
        c = h - h.sum(-1, keepdim=True) / n
        v = (c * c).sum(-1, keepdim=True) / n
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | einsum | squares summed by einsum
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = torch.einsum('...d,...d->...', c, c).unsqueeze(-1) / x.shape[-1]
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)
