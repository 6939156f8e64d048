# %% wrong | fixed-big-number | fills with -1e9, which float16 does not hold (stub: float16 is possible)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, -1e9)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | dropout-in-training | drops attention weights in training (stub: there is no dropout)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        weights = F.dropout(weights, 0.1, self.training)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | mask-remembered | keeps the mask of the last call where none is given (stub: counts for this call alone)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        if memory_mask is None:
            memory_mask = getattr(self, 'last_mask', None)
        self.last_mask = memory_mask
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | heads-interleaved | cuts features as (d, H), so head h takes every H-th feature (stub: h·d to (h + 1)·d − 1)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (-1, self.h)).permute(0, 3, 1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% right | own-linear-and-chunks | own module for the maps, chunks and stack
import torch
import torch.nn.functional as F
from torch import nn


class Proj(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d, d))
        self.bias = nn.Parameter(torch.zeros(d))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, y):
        return y @ self.weight.T + self.bias


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int):
        super().__init__()
        if divmod(d_model, n_heads)[1]:
            raise ValueError("d_model, n_heads")
        self.n_heads = n_heads
        self.w_q = Proj(d_model)
        self.w_k = Proj(d_model)
        self.w_v = Proj(d_model)
        self.w_o = Proj(d_model)

    def forward(self, x, memory, memory_mask=None):
        H = self.n_heads
        q = torch.stack(self.w_q(x).chunk(H, dim=-1), dim=1)
        k = torch.stack(self.w_k(memory).chunk(H, dim=-1), dim=1)
        v = torch.stack(self.w_v(memory).chunk(H, dim=-1), dim=1)
        e = (q @ k.transpose(2, 3)) / q.size(-1) ** 0.5
        if memory_mask is not None:
            e = e.masked_fill(memory_mask.logical_not(), -float("inf"))
            alone = e.eq(-float("inf")).all(-1, keepdim=True)
            w = F.softmax(e.masked_fill(alone, 0.0), -1).masked_fill(alone, 0.0)
        else:
            w = F.softmax(e, -1)
        return self.w_o(torch.cat((w @ v).unbind(1), dim=-1)), w

# %% right | broadcast-sums | products and sums by broadcasting, log_softmax
import torch
from torch import nn
import torch.nn.functional as F


class CrossAttention(nn.Module):
    """Products and sums by broadcasting, without a matrix product."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def _cut(self, y):
        return torch.stack(y.tensor_split(self.n_heads, dim=2), 1)

    def forward(self, x, memory, memory_mask=None):
        q, k, v = self._cut(self.w_q(x)), self._cut(self.w_k(memory)), self._cut(self.w_v(memory))
        s = q.size(-1) ** -0.5
        e = (q.unsqueeze(3) * k.unsqueeze(2)).sum(-1) * s
        if memory_mask is not None:
            ok = memory_mask.expand_as(e)
            some = ok.any(-1, keepdim=True)
            e = torch.where(ok | ~some, e, float("-inf"))
            w = torch.where(some, torch.exp(F.log_softmax(e, -1)), 0.0)
        else:
            w = torch.exp(F.log_softmax(e, -1))
        w = w.to(x.dtype)
        y = (w.unsqueeze(-1) * v.unsqueeze(2)).sum(3)
        return self.w_o(y.transpose(1, 2).reshape(x.shape)), w
