# %% wrong | softmax-inside | softmax over the hidden values in the place of the max
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        hidden = torch.softmax(self.linear1(x), dim=-1)
        return self.linear2(self.dropout(hidden))

# %% wrong | layer-norm | an nn.LayerNorm before the first layer, whose parameters come on top
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        hidden = torch.relu(self.linear1(self.norm(x)))
        return self.linear2(self.dropout(hidden))

# %% wrong | mask-drawn-once | the dropout mask is drawn once and kept for later calls of the same shape
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)
        self.mask = None

    def forward(self, x):
        hidden = torch.relu(self.linear1(x))
        if self.training:
            if self.mask is None or self.mask.shape != hidden.shape:
                self.mask = self.dropout(torch.ones_like(hidden)).detach()
            hidden = hidden * self.mask
        return self.linear2(hidden)

# %% wrong | float32-inside | x becomes float32: fails or loses after .to(float64)
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = x.float()
        hidden = torch.relu(self.linear1(x))
        return self.linear2(self.dropout(hidden))

# %% wrong | rectified-bias | the max is taken before the bias is added
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        hidden = torch.relu(x @ self.linear1.weight.T) + self.linear1.bias
        return self.linear2(self.dropout(hidden))

# %% wrong | keep-probability | dropout is taken as the probability to keep
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(1 - dropout if dropout else 0.0)

    def forward(self, x):
        hidden = torch.relu(self.linear1(x))
        return self.linear2(self.dropout(hidden))

# %% right | parameter-containers | nn.ParameterDict-like containers: empty modules with registered parameters
import torch
from torch import nn


def container(rows, columns):
    module = nn.Module()
    module.register_parameter("weight", nn.Parameter(torch.empty(rows, columns)))
    module.register_parameter("bias", nn.Parameter(torch.zeros(rows)))
    nn.init.xavier_uniform_(module.weight)
    return module


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        self.linear1 = container(d_ff, d_model)
        self.linear2 = container(d_model, d_ff)
        self.p = dropout

    def forward(self, x):
        h = torch.matmul(x, self.linear1.weight.t()) + self.linear1.bias
        h = torch.maximum(h, torch.zeros_like(h))
        h = nn.functional.dropout(h, self.p, self.training)
        return torch.matmul(h, self.linear2.weight.t()) + self.linear2.bias

# %% right | modules-in-a-row | nn.ReLU and an Identity where nothing is dropped
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if not d_ff:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x):
        for step in (self.linear1, self.act, self.drop, self.linear2):
            x = step(x)
        return x

# %% right | token-by-token | a loop over the tokens, for the learner who takes position-wise by its word
import torch
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff=None, dropout=0.0):
        super().__init__()
        if d_ff is None:
            d_ff = 4 * d_model
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        outputs = []
        for token in x.reshape(-1, x.shape[-1]):
            hidden = torch.relu(self.linear1(token))
            outputs.append(self.linear2(self.dropout(hidden)))
        return torch.stack(outputs).reshape(x.shape)
