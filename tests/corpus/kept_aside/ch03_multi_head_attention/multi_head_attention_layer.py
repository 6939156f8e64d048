# %% right | narrow-bernoulli | heads by narrow, dropout by Bernoulli
import torch
from torch import nn
from torch.nn import functional as F


class MultiHeadAttention(nn.Module):

    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        if d_model % n_heads != 0:
            raise ValueError("n_heads must divide d_model")
        super().__init__()
        self.width = d_model // n_heads
        self.n = n_heads
        self.keep_probability = 1.0 - dropout
        make = lambda: nn.Linear(d_model, d_model, bias=bias)
        self.w_q, self.w_k = make(), make()
        self.w_v, self.w_o = make(), make()

    def forward(self, query, key, value, mask=None):
        Q, K, V = self.w_q(query), self.w_k(key), self.w_v(value)
        all_weights = []
        output = None
        for h in range(self.n):
            q, k, v = (X.narrow(-1, h * self.width, self.width) for X in (Q, K, V))
            all_weights.append(q @ k.transpose(1, 2) / self.width ** 0.5)
        scores = torch.stack(all_weights, 1)
        if mask is not None:
            closed = mask.logical_not().expand_as(scores)
            nothing = closed.all(-1, keepdim=True)
            weights = F.softmax(scores.masked_fill(closed, -torch.inf).masked_fill(nothing, 0.0), -1)
            weights = weights.masked_fill(closed, 0.0)
        else:
            weights = F.softmax(scores, -1)
        if self.training:
            chance = torch.full_like(weights, self.keep_probability, dtype=torch.float32)
            used = weights * torch.bernoulli(chance).to(weights.dtype) / self.keep_probability
        else:
            used = weights
        for h in range(self.n):
            own = slice(h * self.width, (h + 1) * self.width)
            term = used[:, h] @ V[..., own] @ self.w_o.weight[:, own].T
            output = term if output is None else output + term
        if self.w_o.bias is not None:
            output = output + self.w_o.bias
        return output, weights

# %% right | position-loop | a loop over query positions, one row of weights at a time
import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads > 0:
            raise ValueError("d_model and n_heads do not fit")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)
        self.drop = nn.Dropout(dropout)

    def forward(self, query, key, value, mask=None):
        B, T, D = query.shape
        S, H = key.size(1), self.n_heads
        d = D // H
        q = self.w_q(query).reshape(B, T, H, d)
        k = self.w_k(key).reshape(B, S, H, d).transpose(1, 2)
        v = self.w_v(value).reshape(B, S, H, d).transpose(1, 2)
        if mask is None:
            mask = torch.ones(1, 1, dtype=torch.bool, device=query.device)
        mask = torch.broadcast_to(mask, (B, H, T, S))
        rows, outputs = [], []
        for t in range(T):
            open_ = mask[:, :, t]
            score = (k @ q[:, t].unsqueeze(-1)).squeeze(-1) / math.sqrt(d)      # (B, H, S)
            score = score.masked_fill(~open_, torch.finfo(score.dtype).min)
            row = torch.softmax(score, dim=-1).masked_fill(~open_, 0.0)
            rows.append(row)
            outputs.append((self.drop(row).unsqueeze(2) @ v).flatten(1))
        return self.w_o(torch.stack(outputs, dim=1)), torch.stack(rows, dim=2)

# %% right | folded-batch | batch and heads folded, bmm, softmax in float32 for narrow dtypes
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, n_heads, dropout=0.0, bias=True):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model must be divisible")
        self.n_heads = n_heads
        self.dropout = float(dropout)
        self.w_q = nn.Linear(d_model, d_model, bias=bias)
        self.w_k = nn.Linear(d_model, d_model, bias=bias)
        self.w_v = nn.Linear(d_model, d_model, bias=bias)
        self.w_o = nn.Linear(d_model, d_model, bias=bias)

    def fold(self, x):
        B, N, D = x.shape
        x = x.reshape(B, N, self.n_heads, -1).permute(0, 2, 1, 3)
        return x.reshape(B * self.n_heads, N, -1)

    def forward(self, query, key, value, mask=None):
        B, T, D = query.shape
        q, k, v = self.fold(self.w_q(query)), self.fold(self.w_k(key)), self.fold(self.w_v(value))
        scores = torch.bmm(q, k.mT).div(q.size(-1) ** 0.5).view(B, self.n_heads, T, -1)
        if scores.dtype in (torch.float16, torch.bfloat16):
            scores = scores.float()
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = F.softmax(scores, dim=-1).nan_to_num(0.0).to(query.dtype)
        used = F.dropout(weights, self.dropout, training=self.training)
        y = torch.bmm(used.flatten(0, 1), v)
        y = y.view(B, self.n_heads, T, -1).transpose(1, 2).reshape(B, T, D)
        return self.w_o(y), weights

# %% wrong | frozen-drop-pattern | The pattern of dropped weights is drawn once and used in every call of that shape, not anew.
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
        self.patterns = {}
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
            if weights.shape not in self.patterns:
                self.patterns[weights.shape] = torch.rand(weights.shape) >= self.p
            keep = self.patterns[weights.shape]
            used = weights * keep / (1 - self.p)
        y = torch.matmul(used, v).permute(0, 2, 1, 3).reshape(B, T, D)
        return self.w_o(y), weights

# %% wrong | extra-parameter | A learned temperature for each head is one parameter too many.
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
        self.temperature = nn.Parameter(torch.ones(n_heads, 1, 1))
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
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d) * self.temperature
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | training-from-constructor | Whether to drop is read when the layer is made, so eval() has no effect.
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
        self.dropout = nn.Dropout(dropout).train()
        self.active = self.training
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
        heads = F.dropout(weights, self.dropout.p, self.active) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | small-negative-fill | -1e4 leaves a forbidden weight above 0 where scores are large, and empty rows get weights.
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
            scores = scores.masked_fill(~mask, -1e4)
        weights = F.softmax(scores, dim=-1)
        heads = F.dropout(weights, self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | mask-filled-in-place | The caller's mask is opened in place where a row allows nothing.
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
            mask |= ~mask.any(dim=-1, keepdim=True)
            weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
            weights = torch.nan_to_num(weights, nan=0.0)
        found = torch.einsum("bhts,bshd->bthd", self.drop(weights), v)
        return self.w_o(found.flatten(2)), weights

# %% wrong | bias-lost-for-empty | Empty tokens are set to 0 after w_o, so its bias is lost.
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
        out = self.w_o(result)
        if mask is not None:
            out = out * (weights.sum(-1) > 0).any(1).unsqueeze(-1)
        return out, weights

# %% wrong | weights-detached | Attention uses detached weights, so query and key get no gradient.
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
        heads = F.dropout(weights.detach(), self.dropout, self.training) @ v
        merged = heads.transpose(1, 2).reshape(query.shape)
        return self.w_o(merged), weights

# %% wrong | float32-inside | Inside, everything is cast to float32 and returned so, which breaks .to(float64) and .to(float16).
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
        dtype = torch.float32
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
        return self.w_o((dropped @ v.float()).transpose(1, 2).flatten(2)), weights
