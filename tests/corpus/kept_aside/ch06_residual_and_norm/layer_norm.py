# %% wrong | weights-zero | weight begins with 0
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | scalar-parameters | one weight and one bias for all features
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.bias = nn.Parameter(torch.zeros(1))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | gamma-beta | parameters by other names
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(d_model))
        self.beta = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        h = x if x.dtype == torch.float64 else x.float()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.gamma * y + self.beta).to(x.dtype)

# %% wrong | no-mean | root mean square norm, the mean is not subtracted
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
        y = h / (h.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% wrong | bias-before-weight | the bias is scaled by the weight as well
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
        return (self.weight * (y + self.bias)).to(x.dtype)

# %% wrong | fixed-eps | ignores the eps of the caller
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
        y = c / (v + 1e-5).sqrt()
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | addcmul | torch.addcmul at the end
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
        return torch.addcmul(self.bias.to(h.dtype), self.weight.to(h.dtype), y).to(x.dtype)

# %% right | var-mean | torch.var_mean
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
        v, m = torch.var_mean(h, dim=-1, correction=0, keepdim=True)
        y = (h - m) / (v + self.eps) ** 0.5
        return (self.weight * y + self.bias).to(x.dtype)

# %% right | rows | flattened into rows first
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        h = flat.double()
        c = h - h.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        y = c / (v + self.eps).sqrt()
        return (self.weight * y + self.bias).to(x.dtype).reshape(x.shape)
