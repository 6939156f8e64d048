# %% right | plain | Widen, divide by the root, go back
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% right | rsqrt | rsqrt, weight before going back
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide * torch.rsqrt(ms + self.eps) * self.weight
        return y.to(x.dtype)

# %% right | einsum | Sum of squares by einsum in float64
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x.double()
        ms = torch.einsum("...d,...d->...", wide, wide).unsqueeze(-1) / x.shape[-1]
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% right | power | Power -0.5 and sum divided by D
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = (wide ** 2).sum(-1, keepdim=True) / wide.size(-1)
        y = wide * (ms + self.eps).pow(-0.5)
        return y.to(x.dtype) * self.weight

# %% wrong | layer-norm | The mean is subtracted, as in layer norm
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        wide = wide - wide.mean(-1, keepdim=True)
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | sum-not-mean | The sum of squares is not divided by D
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().sum(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | eps-outside | eps stands outside the root
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms.sqrt() + self.eps)
        return y.to(x.dtype) * self.weight

# %% wrong | no-root | Divides by the mean square, root forgotten
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps)
        return y.to(x.dtype) * self.weight

# %% wrong | wrong-axis | The mean runs over the first axis
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=0, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | no-weight | The weight is never applied
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype)

# %% wrong | own-dtype | Squares in the dtype of x: 300 overflows in float16
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | float-always | float64 is computed in float32
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | with-bias | An extra bias parameter
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight + self.bias

# %% wrong | detached-root | The root is detached: no gradient through the mean square
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt().detach()
        return y.to(x.dtype) * self.weight

# %% wrong | one-plus-weight | The weight is 0 at first and 1 is added to it
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)
        y = wide / torch.sqrt(mean_square + self.eps)
        return (y * (1 + self.weight)).to(x.dtype)

# %% wrong | weight-before | The weight is applied before the mean square is taken
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        wide = wide * self.weight
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)
        y = wide / torch.sqrt(mean_square + self.eps)
        return y.to(x.dtype)

# %% wrong | eps-fixed | The eps of the caller is ignored
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = 1e-6
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)
        y = wide / torch.sqrt(mean_square + self.eps)
        return (y * self.weight).to(x.dtype)

# %% wrong | unbiased | Divides the sum of squares by D - 1
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        mean_square = wide.pow(2).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1)
        y = wide / torch.sqrt(mean_square + self.eps)
        return (y * self.weight).to(x.dtype)

# %% wrong | eps-as-floor | eps is a lower bound of the mean square, it is not added
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)
        y = wide / torch.sqrt(mean_square.clamp(min=self.eps))
        return (y * self.weight).to(x.dtype)

# %% wrong | weight-data | The weight is taken by .data, so no gradient reaches it
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)
        y = wide / torch.sqrt(mean_square + self.eps)
        return (y * self.weight.data).to(x.dtype)
