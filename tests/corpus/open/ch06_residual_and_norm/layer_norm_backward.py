# %% wrong | fixed-statistics | mean and variance taken for fixed
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = g / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | no-variance-path | nothing through the variance
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | no-mean-path | nothing through the mean
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | no-gamma | gamma missing in dx
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | gamma-last | gamma multiplied at the end
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    dx = dx * gamma
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | unbiased | variance by D - 1
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (x.var(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | wrong-sign | variance term with plus
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) + h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | divided-by-variance | divides by the variance
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s**2
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | sums-not-means | sums in the place of means
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.sum(-1, keepdim=True) - h * (g * h).sum(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | first-axis-sum | dgamma summed over axis 0 only
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).sum(0), d_out.sum(0)

# %% wrong | averaged | dgamma and dbeta averaged over rows
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).mean(0), d_out.reshape(-1, D).mean(0)

# %% wrong | order | dbeta before dgamma
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, d_out.reshape(-1, D).sum(0), (d_out * h).reshape(-1, D).sum(0)

# %% wrong | dgamma-of-x | dgamma uses x, not the normalised x
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * x).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% wrong | view | fails for what is not contiguous
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).view(-1, D).sum(0), d_out.view(-1, D).sum(0)

# %% right | formula | closed form
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% right | three-places | variance, mean and x apart
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dv = (g * c).sum(-1, keepdim=True) * -0.5 / s**3
    dc = g / s + dv * 2 * c / D
    dx = dc - dc.mean(-1, keepdim=True)
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% right | einsum | einsum for the parameters
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    return dx, torch.einsum('...d,...d->d', d_out, h), torch.einsum('...d->d', d_out)

# %% right | matrix | Jacobian of each row as a matrix
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    J = torch.eye(D, dtype=x.dtype) - 1 / D - h.unsqueeze(-1) * h.unsqueeze(-2) / D
    dx = (J @ g.unsqueeze(-1)).squeeze(-1) / s
    return dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)

# %% right | double | float64 inside
import torch


def layer_norm_backward(d_out, x, gamma, eps=1e-5):
    t = x.dtype
    x, d_out, gamma = x.double(), d_out.double(), gamma.double()
    D = x.shape[-1]
    c = x - x.mean(-1, keepdim=True)
    s = (c.square().mean(-1, keepdim=True) + eps).sqrt()
    h = c / s
    g = d_out * gamma
    dx = (g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)) / s
    r = dx, (d_out * h).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)
    return tuple(a.to(t) for a in r)
