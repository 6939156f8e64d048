# %% right | linears-and-fdropout | four nn.Linear, finfo.min fill, F.dropout
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% right | dropout-module-einsum | nn.Dropout, einsum, -inf with nan_to_num
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention with an nn.Dropout module and einsum."""

    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} is not a multiple of {n_heads}")
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias))
        self.drop = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        q = self.w_q(query).unflatten(-1, (self.n_heads, -1))      # (B, T, H, d)
        k = self.w_k(key).unflatten(-1, (self.n_heads, -1))
        v = self.w_v(value).unflatten(-1, (self.n_heads, -1))
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.size(-1) ** -0.5
        if mask is None:
            weights = scores.softmax(dim=-1)
        else:
            weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
            weights = torch.nan_to_num(weights, nan=0.0)
        found = torch.einsum("bhts,bshd->bthd", self.drop(weights), v)
        return self.w_o(found.flatten(2)), weights

# %% right | loop-over-heads | one head after the other in a helper method
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model != n_heads * (d_model // n_heads):
            raise ValueError("cannot cut the width into equal heads")
        self.h, self.p = n_heads, dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def _one_head(self, q, k, v, mask):
        scores = torch.bmm(q, k.mT) / q.shape[-1] ** 0.5
        if mask is not None:
            closed = ~mask
            empty = closed.all(dim=-1, keepdim=True)
            scores = scores.masked_fill(closed & ~empty, float("-inf"))
            weights = torch.softmax(scores, dim=-1)
            weights = weights.masked_fill(empty, 0.0)
        else:
            weights = torch.softmax(scores, dim=-1)
        return F.dropout(weights, p=self.p, training=self.training) @ v, weights

    def forward(self, query, key, value, mask=None):
        q = self.w_q(query).chunk(self.h, dim=-1)
        k = self.w_k(key).chunk(self.h, dim=-1)
        v = self.w_v(value).chunk(self.h, dim=-1)
        if mask is not None:
            mask = mask.expand(query.shape[0], self.h, query.shape[1], key.shape[1])
        outputs, weights = [], []
        for i in range(self.h):
            o, w = self._one_head(q[i], k[i], v[i], None if mask is None else mask[:, i])
            outputs.append(o)
            weights.append(w)
        return self.w_o(torch.cat(outputs, dim=-1)), torch.stack(weights, dim=1)

# %% right | own-projection-module | own projection module with the stated names, dropout by hand
import math

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        bound = 1 / math.sqrt(width)
        self.weight = nn.Parameter(torch.empty(width, width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model % n_heads must be 0")
        self.n_heads = n_heads
        self.p = dropout
        self.w_q = Projection(d_model, bias)
        self.w_k = Projection(d_model, bias)
        self.w_v = Projection(d_model, bias)
        self.w_o = Projection(d_model, bias)

    def forward(self, query, key, value, mask=None):
        B, T, D = query.shape
        S = key.shape[1]
        H = self.n_heads
        q = self.w_q(query).reshape(B, T, H, D // H).permute(0, 2, 1, 3)
        k = self.w_k(key).reshape(B, S, H, D // H).permute(0, 2, 3, 1)
        v = self.w_v(value).reshape(B, S, H, D // H).permute(0, 2, 1, 3)
        scores = torch.matmul(q, k) / math.sqrt(D // H)
        if mask is not None:
            usable = mask.any(dim=-1, keepdim=True)
            scores = torch.where(mask | ~usable, scores, torch.full_like(scores, -math.inf))
            weights = torch.softmax(scores, -1) * usable
        else:
            weights = torch.softmax(scores, -1)
        used = weights
        if self.training and self.p > 0:
            keep = torch.rand(weights.shape, device=weights.device) >= self.p
            used = weights * keep / (1 - self.p)
        y = torch.matmul(used, v).permute(0, 2, 1, 3).reshape(B, T, D)
        return self.w_o(y), weights

# %% right | float64-softmax | softmax written out in float64, cast back
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True):
        super().__init__()
        d, rest = divmod(d_model, n_heads)
        if rest != 0:
            raise ValueError(f"d_model {d_model} and n_heads {n_heads}")
        self.sizes = (n_heads, d)
        self.dropout = dropout
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model, bias=bias) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        dtype = query.dtype
        q, k, v = (
            layer(x).unflatten(2, self.sizes).transpose(1, 2)
            for layer, x in ((self.w_q, query), (self.w_k, key), (self.w_v, value))
        )
        # the softmax in float64, stable, own sums
        scores = q.double() @ k.double().mT / self.sizes[1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        top = scores.detach().amax(-1, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        e = (scores - top).exp()
        total = e.sum(-1, keepdim=True)
        weights = (e / total.masked_fill(total == 0, 1)).to(dtype)
        dropped = F.dropout(weights, self.dropout) if self.training else weights
        return self.w_o((dropped @ v).transpose(1, 2).flatten(2)), weights

# %% right | xavier-helper | verbose, own masked softmax, Xavier initialisation
import torch
import torch.nn as nn


def masked_softmax(scores, mask):
    if mask is None:
        return scores.softmax(-1)
    shifted = scores - scores.masked_fill(~mask, torch.finfo(scores.dtype).min).amax(-1, keepdim=True).detach()
    shifted = shifted.masked_fill(~mask, 0)
    e = shifted.exp() * mask
    return e / e.sum(-1, keepdim=True).clamp(min=torch.finfo(e.dtype).tiny)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model has to be divisible by n_heads")
        self.d_model = d_model
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)
        self.attention_dropout = nn.Dropout(p=dropout)
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            else:
                nn.init.xavier_uniform_(parameter)

    def heads(self, x):
        batch, tokens, _ = x.shape
        cut = x.reshape(batch, tokens, self.n_heads, self.d_model // self.n_heads)
        return cut.permute(0, 2, 1, 3)

    def forward(self, query, key, value, mask=None):
        q = self.heads(self.w_q(query)) / (self.d_model // self.n_heads) ** 0.5
        k = self.heads(self.w_k(key))
        v = self.heads(self.w_v(value))
        weights = masked_softmax(q @ k.transpose(2, 3), mask)
        result = self.attention_dropout(weights) @ v
        result = result.permute(0, 2, 1, 3).contiguous()
        result = result.view(result.size(0), result.size(1), self.d_model)
        return self.w_o(result), weights

# %% wrong | dropped-weights-returned | The weights are returned as they are after dropout.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        weights = F.dropout(weights, self.dropout, self.training)
        heads = weights @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | dropout-always-on | F.dropout without the training flag drops in eval() as well.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | dropout-on-scores | Dropout acts on the scores, before the softmax.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention with an nn.Dropout module and einsum."""

    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} is not a multiple of {n_heads}")
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias))
        self.drop = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        q = self.w_q(query).unflatten(-1, (self.n_heads, -1))      # (B, T, H, d)
        k = self.w_k(key).unflatten(-1, (self.n_heads, -1))
        v = self.w_v(value).unflatten(-1, (self.n_heads, -1))
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.size(-1) ** -0.5
        scores = self.drop(scores)
        if mask is None:
            weights = scores.softmax(dim=-1)
        else:
            weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
            weights = torch.nan_to_num(weights, nan=0.0)
        found = torch.einsum("bhts,bshd->bthd", weights, v)
        return self.w_o(found.flatten(2)), weights

# %% wrong | dropout-on-output | Dropout acts on the output of w_o instead of the weights.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention with an nn.Dropout module and einsum."""

    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} is not a multiple of {n_heads}")
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias))
        self.drop = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        q = self.w_q(query).unflatten(-1, (self.n_heads, -1))      # (B, T, H, d)
        k = self.w_k(key).unflatten(-1, (self.n_heads, -1))
        v = self.w_v(value).unflatten(-1, (self.n_heads, -1))
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.size(-1) ** -0.5
        if mask is None:
            weights = scores.softmax(dim=-1)
        else:
            weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
            weights = torch.nan_to_num(weights, nan=0.0)
        found = torch.einsum("bhts,bshd->bthd", weights, v)
        return self.drop(self.w_o(found.flatten(2))), weights

# %% wrong | dropout-not-rescaled | The weights that stay are not divided by 1 − p.
import math

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        bound = 1 / math.sqrt(width)
        self.weight = nn.Parameter(torch.empty(width, width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model % n_heads must be 0")
        self.n_heads = n_heads
        self.p = dropout
        self.w_q = Projection(d_model, bias)
        self.w_k = Projection(d_model, bias)
        self.w_v = Projection(d_model, bias)
        self.w_o = Projection(d_model, bias)

    def forward(self, query, key, value, mask=None):
        B, T, D = query.shape
        S = key.shape[1]
        H = self.n_heads
        q = self.w_q(query).reshape(B, T, H, D // H).permute(0, 2, 1, 3)
        k = self.w_k(key).reshape(B, S, H, D // H).permute(0, 2, 3, 1)
        v = self.w_v(value).reshape(B, S, H, D // H).permute(0, 2, 1, 3)
        scores = torch.matmul(q, k) / math.sqrt(D // H)
        if mask is not None:
            usable = mask.any(dim=-1, keepdim=True)
            scores = torch.where(mask | ~usable, scores, torch.full_like(scores, -math.inf))
            weights = torch.softmax(scores, -1) * usable
        else:
            weights = torch.softmax(scores, -1)
        used = weights
        if self.training and self.p > 0:
            keep = torch.rand(weights.shape, device=weights.device) >= self.p
            used = weights * keep
        y = torch.matmul(used, v).permute(0, 2, 1, 3).reshape(B, T, D)
        return self.w_o(y), weights

# %% wrong | keep-probability | p is taken as the probability to keep: dropped with 1 − p.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, 1 - self.dropout if self.dropout else 0.0, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | dropout-renormalised | After dropping, rows are normalised to 1 again instead of being divided by 1 − p.
import math

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        bound = 1 / math.sqrt(width)
        self.weight = nn.Parameter(torch.empty(width, width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model % n_heads must be 0")
        self.n_heads = n_heads
        self.p = dropout
        self.w_q = Projection(d_model, bias)
        self.w_k = Projection(d_model, bias)
        self.w_v = Projection(d_model, bias)
        self.w_o = Projection(d_model, bias)

    def forward(self, query, key, value, mask=None):
        B, T, D = query.shape
        S = key.shape[1]
        H = self.n_heads
        q = self.w_q(query).reshape(B, T, H, D // H).permute(0, 2, 1, 3)
        k = self.w_k(key).reshape(B, S, H, D // H).permute(0, 2, 3, 1)
        v = self.w_v(value).reshape(B, S, H, D // H).permute(0, 2, 1, 3)
        scores = torch.matmul(q, k) / math.sqrt(D // H)
        if mask is not None:
            usable = mask.any(dim=-1, keepdim=True)
            scores = torch.where(mask | ~usable, scores, torch.full_like(scores, -math.inf))
            weights = torch.softmax(scores, -1) * usable
        else:
            weights = torch.softmax(scores, -1)
        used = weights
        if self.training and self.p > 0:
            keep = torch.rand(weights.shape, device=weights.device) >= self.p
            used = weights * keep
            used = used / used.sum(-1, keepdim=True).clamp(min=1e-6)
        y = torch.matmul(used, v).permute(0, 2, 1, 3).reshape(B, T, D)
        return self.w_o(y), weights

# %% wrong | same-drop-for-all | One pattern of dropped weights serves all sequences and heads, not each weight on its own.
import math

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        bound = 1 / math.sqrt(width)
        self.weight = nn.Parameter(torch.empty(width, width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model % n_heads must be 0")
        self.n_heads = n_heads
        self.p = dropout
        self.w_q = Projection(d_model, bias)
        self.w_k = Projection(d_model, bias)
        self.w_v = Projection(d_model, bias)
        self.w_o = Projection(d_model, bias)

    def forward(self, query, key, value, mask=None):
        B, T, D = query.shape
        S = key.shape[1]
        H = self.n_heads
        q = self.w_q(query).reshape(B, T, H, D // H).permute(0, 2, 1, 3)
        k = self.w_k(key).reshape(B, S, H, D // H).permute(0, 2, 3, 1)
        v = self.w_v(value).reshape(B, S, H, D // H).permute(0, 2, 1, 3)
        scores = torch.matmul(q, k) / math.sqrt(D // H)
        if mask is not None:
            usable = mask.any(dim=-1, keepdim=True)
            scores = torch.where(mask | ~usable, scores, torch.full_like(scores, -math.inf))
            weights = torch.softmax(scores, -1) * usable
        else:
            weights = torch.softmax(scores, -1)
        used = weights
        if self.training and self.p > 0:
            keep = torch.rand(weights.shape[-2:], device=weights.device) >= self.p
            used = weights * keep / (1 - self.p)
        y = torch.matmul(used, v).permute(0, 2, 1, 3).reshape(B, T, D)
        return self.w_o(y), weights

# %% wrong | drops-whole-heads | nn.Dropout2d drops all weights of a head at once.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention with an nn.Dropout module and einsum."""

    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} is not a multiple of {n_heads}")
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias))
        self.drop = nn.Dropout2d(dropout)

    def forward(self, query, key, value, mask=None):
        q = self.w_q(query).unflatten(-1, (self.n_heads, -1))      # (B, T, H, d)
        k = self.w_k(key).unflatten(-1, (self.n_heads, -1))
        v = self.w_v(value).unflatten(-1, (self.n_heads, -1))
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.size(-1) ** -0.5
        if mask is None:
            weights = scores.softmax(dim=-1)
        else:
            weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
            weights = torch.nan_to_num(weights, nan=0.0)
        found = torch.einsum("bhts,bshd->bthd", self.drop(weights), v)
        return self.w_o(found.flatten(2)), weights

# %% wrong | scale-by-d-model | Scores are divided by the root of d_model, not of d.
import torch
import torch.nn as nn


def masked_softmax(scores, mask):
    if mask is None:
        return scores.softmax(-1)
    shifted = scores - scores.masked_fill(~mask, torch.finfo(scores.dtype).min).amax(-1, keepdim=True).detach()
    shifted = shifted.masked_fill(~mask, 0)
    e = shifted.exp() * mask
    return e / e.sum(-1, keepdim=True).clamp(min=torch.finfo(e.dtype).tiny)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model has to be divisible by n_heads")
        self.d_model = d_model
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)
        self.attention_dropout = nn.Dropout(p=dropout)
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            else:
                nn.init.xavier_uniform_(parameter)

    def heads(self, x):
        batch, tokens, _ = x.shape
        cut = x.reshape(batch, tokens, self.n_heads, self.d_model // self.n_heads)
        return cut.permute(0, 2, 1, 3)

    def forward(self, query, key, value, mask=None):
        q = self.heads(self.w_q(query)) / self.d_model ** 0.5
        k = self.heads(self.w_k(key))
        v = self.heads(self.w_v(value))
        weights = masked_softmax(q @ k.transpose(2, 3), mask)
        result = self.attention_dropout(weights) @ v
        result = result.permute(0, 2, 1, 3).contiguous()
        result = result.view(result.size(0), result.size(1), self.d_model)
        return self.w_o(result), weights

# %% wrong | empty-row-uniform | A row that allows nothing gets equal weights instead of 0.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | empty-row-nan | A row that allows nothing is nan.
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention with an nn.Dropout module and einsum."""

    def __init__(self, d_model: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"{d_model} is not a multiple of {n_heads}")
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias))
        self.drop = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        q = self.w_q(query).unflatten(-1, (self.n_heads, -1))      # (B, T, H, d)
        k = self.w_k(key).unflatten(-1, (self.n_heads, -1))
        v = self.w_v(value).unflatten(-1, (self.n_heads, -1))
        scores = torch.einsum("bthd,bshd->bhts", q, k) * q.size(-1) ** -0.5
        if mask is None:
            weights = scores.softmax(dim=-1)
        else:
            weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
        found = torch.einsum("bhts,bshd->bthd", self.drop(weights), v)
        return self.w_o(found.flatten(2)), weights

# %% wrong | minus-1e9-in-half | -1e9 does not fit float16, so a mask raises an error after .to(float16), and empty rows are uniform elsewhere.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e9)
        weights = F.softmax(scores, dim=-1)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | averaged-weights | The weights are averaged over the heads, (B, T, S), as nn.MultiheadAttention does.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights.mean(dim=1)

# %% wrong | value-from-key | Values are made from key: wrong where key and value are different tensors.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(key))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | bias-ignored | The output projection never has a bias.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=False)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | assert-not-value-error | An assert takes the place of the ValueError.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        assert d_model % n_heads == 0, "d_model must be a multiple of n_heads"
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | packed-parameter | Other parameter names: one in_proj instead of w_q, w_k and w_v.
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model")
        self.n_heads = n_heads
        self.dropout = dropout
        self.in_proj = nn.Linear(d_model, 3 * d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, query, key, value, mask=None):
        D = query.size(-1)
        q = self.in_proj(query)[..., :D]
        k = self.in_proj(key)[..., D:2 * D]
        v = self.in_proj(value)[..., 2 * D:]
        q, k, v = (x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2) for x in (q, k, v))
        scores = q @ k.mT / q.size(-1) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        if mask is not None:
            weights = weights * mask
        y = F.dropout(weights, self.dropout, self.training) @ v
        return self.w_o(y.transpose(1, 2).flatten(2)), weights

# %% wrong | mask-remembered | A mask is kept for later calls without one; it counts for one call alone.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.mask = None
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        if mask is not None:
            self.mask = mask
        mask = self.mask
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | merge-without-swap | The heads are joined without moving them behind the tokens.
import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model must be a multiple of n_heads")
        self.n_heads = n_heads
        self.d = d_model // n_heads
        self.dropout = dropout
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.n_heads, self.d).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.split(self.w_q(query))
        k = self.split(self.w_k(key))
        v = self.split(self.w_v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.reshape(query.shape)
        return self.w_o(merged), weights
