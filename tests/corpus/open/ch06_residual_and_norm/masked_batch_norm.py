# %% wrong | padding-counted | n counts padding
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.numel()
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v + eps).sqrt()

# %% wrong | unmasked | the mask is ignored in the mean
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v + eps).sqrt()

# %% wrong | mask-turned | True taken for padding
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = mask.unsqueeze(-1)
    n = (~mask).sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v + eps).sqrt()

# %% wrong | unbiased | divides by n - 1
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / (n - 1).clamp(min=1)
    return c / (v + eps).sqrt()

# %% wrong | per-sentence | statistics for each sequence
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum(1).view(-1, 1, 1).clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum(1, keepdim=True) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum(1, keepdim=True) / n
    return c / (v + eps).sqrt()

# %% wrong | layer-norm | normalises over the features
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    c = (x - x.mean(-1, keepdim=True)).masked_fill(pad, 0.0)
    v = c.square().mean(-1, keepdim=True)
    return c / (v + eps).sqrt()

# %% wrong | padding-in-squares | padding enters the variance
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = x - mean
    v = c.square().sum((0, 1)) / n
    return (c / (v + eps).sqrt()).masked_fill(pad, 0.0)

# %% wrong | padding-not-zero | padding is normalised as well and not 0
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return (x - mean) / (v + eps).sqrt()

# %% wrong | no-clamp | nan gradients or division by 0 without a real token
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum()
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = x - mean
    v = c.masked_fill(pad, 0.0).square().sum((0, 1)) / n
    y = c / (v + eps).sqrt()
    return y * mask.unsqueeze(-1)

# %% wrong | mean-of-squares | inexact far from 0
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = (x.masked_fill(pad, 0.0).square().sum((0, 1)) / n - mean.square()).clamp(min=0)
    return c / (v + eps).sqrt()

# %% wrong | times-mask | squares of padding overflow, infinity times 0 is nan
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = x - mean
    v = (c.square() * ~pad).sum((0, 1)) / n
    return (c * ~pad) / (v + eps).sqrt()

# %% wrong | eps-outside | eps added to the root
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v.sqrt() + eps)

# %% wrong | in-place | x is changed
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    x.data.masked_fill_(pad, 0.0)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v + eps).sqrt()

# %% wrong | detached | no gradient through the statistics
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    mean = mean.detach()
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v.detach() + eps).sqrt()

# %% right | masked-fill | masked sums
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return c / (v + eps).sqrt()

# %% right | where | torch.where and rsqrt
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    m = mask[..., None]
    n = max(int(mask.sum()), 1)
    z = x.new_zeros(())
    mean = torch.where(m, x, z).sum(dim=(0, 1), keepdim=True) / n
    c = torch.where(m, x - mean, z)
    return c * torch.rsqrt((c * c).sum(dim=(0, 1), keepdim=True) / n + eps)

# %% right | gather | real tokens picked out and put back
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    out = torch.zeros_like(x)
    if not mask.any():
        return out
    r = x[mask]
    c = r - r.mean(0)
    out[mask] = c / (c.square().mean(0) + eps).sqrt()
    return out

# %% right | var-correction | torch.var on real tokens
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    if mask.sum() < 2:
        return torch.zeros_like(x)
    r = x[mask]
    y = (r - r.mean(0)) / (r.var(0, correction=0) + eps).sqrt()
    return torch.zeros_like(x).masked_scatter(mask.unsqueeze(-1).expand_as(x), y)

# %% right | double | float64 inside
import torch


def masked_batch_norm(x, mask, eps=1e-5):
    t, x = x.dtype, x.double()
    pad = ~mask.unsqueeze(-1)
    n = mask.sum().clamp(min=1)
    mean = x.masked_fill(pad, 0.0).sum((0, 1)) / n
    c = (x - mean).masked_fill(pad, 0.0)
    v = c.square().sum((0, 1)) / n
    return (c / (v + eps).sqrt()).to(t)
