# %% wrong | eps-forgotten | eps missing, rows of equal numbers give nan
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True)).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | eps-outside | eps added to the root
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True)).sqrt() + eps
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | global-means | means over all rows
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean() - h * (g * h).mean()) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | in-place | changes d_out
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out.mul_(gamma)
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | float32 | float64 comes back as float32
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    x, d_out, gamma = x.float(), d_out.float(), gamma.float()
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | dgamma-with-gamma | dgamma and dbeta multiplied by gamma
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (g * h).reshape(-1, D).sum(0), g.reshape(-1, D).sum(0)

# %% right | flatten | rows first
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    shape = x.shape
    x, d_out = x.reshape(-1, shape[-1]), d_out.reshape(-1, shape[-1])
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx.reshape(shape), (d_out * h).sum(0), d_out.sum(0)

# %% right | common-denominator | D pulled out
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (D * g - g.sum(-1, keepdim=True) - h * (g * h).sum(-1, keepdim=True)) / (D * s)
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% right | rsqrt | rsqrt and flatten
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    r = torch.rsqrt(x.var(-1, correction=0, keepdim=True) + eps)
    dx = r * (g - (g + h * (g * h).mean(-1, keepdim=True)).mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True))
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)
