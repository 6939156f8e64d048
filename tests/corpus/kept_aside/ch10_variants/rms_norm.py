# %% wrong | weight-buffer | The weight is a buffer, not a parameter
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.register_buffer("weight", torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean(dim=-1, keepdim=True)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | returns-float32 | The result of half precision stays float32
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
        return y * self.weight

# %% wrong | whole-tensor | One mean square over all rows together
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        ms = wide.square().mean()
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | in-place | Divides x in place where no copy was made
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
        y = wide.detach().div_((ms + self.eps).sqrt())
        return y.to(x.dtype) * self.weight

# %% right | norm-helper | Helper function outside the class, matmul for the squares
import torch
from torch import nn


def inverse_rms(t, eps):
    squares = (t.unsqueeze(-2) @ t.unsqueeze(-1)).squeeze(-1)
    return torch.rsqrt(squares / t.size(-1) + eps)


class RMSNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        return (self.weight * (wide * inverse_rms(wide, self.eps))).to(x.dtype)

# %% right | features-loop | Sum of squares collected feature by feature
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x):
        wide = x if x.dtype == torch.float64 else x.float()
        total = 0
        for column in wide.unbind(-1):
            total = total + column * column
        ms = (total / wide.size(-1)).unsqueeze(-1)
        y = wide / (ms + self.eps).sqrt()
        return y.to(x.dtype) * self.weight

# %% wrong | x-eps-goes-half | eps is a buffer that .to(float16) rounds as well; 1e-8 becomes 0 there, and a row of zeros NaN
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.register_buffer("eps", torch.tensor(eps), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x if x.dtype == torch.float64 else x.float()
        mean_square = wide.square().mean(dim=-1, keepdim=True)
        return (wide / torch.sqrt(mean_square + self.eps)).to(x.dtype) * self.weight


# %% wrong | x-scale-without-gradient | the mean square is made without recording gradients, so they do not flow through it
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, d_model, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x):
        wide = x.double() if x.dtype == torch.float64 else x.float()
        with torch.no_grad():  # only a statistic
            scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (self.weight.to(wide.dtype) * (wide * scale)).type_as(x)
