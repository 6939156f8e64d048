# %% right | closed-form | expands the square: −2·⟨difference, term⟩ + ⟨term, term⟩
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    dtype = x.dtype
    x, w_q, w_k, w_v, w_o, target = [t.to(torch.float64) for t in (x, w_q, w_k, w_v, w_o, target)]
    split = lambda w: torch.stack(F.linear(x, w).chunk(n_heads, dim=-1))           # (H, B, T, d)
    y = F.scaled_dot_product_attention(split(w_q), split(w_k), split(w_v))
    terms = torch.stack([a @ b.T for a, b in zip(y, w_o.chunk(n_heads, dim=1))])
    off = terms.sum(dim=0) - target
    rise = (terms * terms - 2 * terms * off).flatten(1).sum(1) / (B * T * D)
    return rise.to(dtype)

# %% right | layer-class | an nn.Module with a mask over heads, inference mode
import math

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, weights, n_heads):
        super().__init__()
        self.weights = weights
        self.n_heads = n_heads
        self.silent = set()

    def forward(self, x):
        w_q, w_k, w_v, w_o = self.weights
        B, T, D = x.shape
        d = D // self.n_heads
        merged = torch.zeros_like(x)
        for h in range(self.n_heads):
            if h in self.silent:
                continue
            own = slice(h * d, (h + 1) * d)
            q, k, v = (torch.matmul(x, w[own].t()) for w in (w_q, w_k, w_v))
            merged[..., own] = torch.softmax(q @ k.mT / math.sqrt(d), -1) @ v
        return merged @ w_o.t()


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    layer = Layer([w_q, w_k, w_v, w_o], n_heads)
    loss = nn.MSELoss()
    with torch.no_grad():
        full = loss(layer(x), target)
        values = torch.empty(n_heads, dtype=x.dtype, device=x.device)
        for h in range(n_heads):
            layer.silent = {h}
            values[h] = loss(layer(x), target) - full
    return values

# %% right | token-by-token | loops over sequences and tokens, plain sums in float64
import torch


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    X, Wq, Wk, Wv, Wo, Y = (t.detach().double() for t in (x, w_q, w_k, w_v, w_o, target))
    total = torch.zeros(n_heads + 1, dtype=torch.float64)      # the last is the whole layer
    for b in range(B):
        q, k, v = X[b] @ Wq.T, X[b] @ Wk.T, X[b] @ Wv.T
        for t in range(T):
            found = torch.zeros(D, dtype=torch.float64)
            for h in range(n_heads):
                lo, hi = h * d, h * d + d
                weight = torch.softmax(k[:, lo:hi] @ q[t, lo:hi] / d ** 0.5, dim=0)
                found[lo:hi] = weight @ v[:, lo:hi]
            total[-1] += ((Wo @ found - Y[b, t]) ** 2).sum()
            for h in range(n_heads):
                less = found.clone()
                less[h * d:(h + 1) * d] = 0
                total[h] += ((Wo @ less - Y[b, t]) ** 2).sum()
    mean = total / (B * T * D)
    return (mean[:-1] - mean[-1]).to(x.dtype)

# %% wrong | value-weight-cleared-in-place | Rows of w_v are cleared and restored as zeros added: w_v stays changed after the call.
import torch
import torch.nn.functional as F


def _error(x, w_q, w_k, w_v, w_o, H, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).unflatten(-1, (H, -1)).transpose(1, 2) for w in (w_q, w_k, w_v))
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
    return F.mse_loss(F.linear(y, w_o), target)


@torch.no_grad()
def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    base = _error(x, w_q, w_k, w_v, w_o, n_heads, target)
    d = x.size(-1) // n_heads
    result = []
    for h in range(n_heads):
        saved = w_v[h * d:(h + 1) * d]           # a view, not a copy
        w_v[h * d:(h + 1) * d] = 0
        result.append(_error(x, w_q, w_k, w_v, w_o, n_heads, target) - base)
        w_v[h * d:(h + 1) * d] = saved
    return torch.stack(result)

# %% wrong | gradient-estimate | The first-order estimate of Michel et al.'s section 4 (gradient of a gate) instead of silencing.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    gate = torch.ones(n_heads, dtype=x.dtype, requires_grad=True)
    q, k, v = (F.linear(x, w).unflatten(-1, (n_heads, -1)).transpose(1, 2) for w in (w_q, w_k, w_v))
    y = F.scaled_dot_product_attention(q, k, v) * gate[:, None, None]
    error = F.mse_loss(F.linear(y.transpose(1, 2).flatten(2), w_o), target)
    return -torch.autograd.grad(error, gate)[0]

# %% wrong | features-strided | Features h, h+H, … are silenced, not the block of head h.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).unflatten(-1, (n_heads, -1)).transpose(1, 2) for w in (w_q, w_k, w_v))
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
    base = F.mse_loss(F.linear(y, w_o), target)
    out = []
    for h in range(n_heads):
        less = y.clone()
        less[..., h::n_heads] = 0
        out.append(F.mse_loss(F.linear(less, w_o), target) - base)
    return torch.stack(out)

# %% wrong | output-block-cleared | The features of head h are set to 0 in the output, after W_o, where heads are mixed already.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    q, k, v = (F.linear(x, w).unflatten(-1, (n_heads, -1)).transpose(1, 2) for w in (w_q, w_k, w_v))
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
    out = F.linear(y, w_o)
    base = F.mse_loss(out, target)
    result = torch.zeros(n_heads, dtype=x.dtype)
    for h in range(n_heads):
        less = out.clone()
        less[..., h * d:(h + 1) * d] = 0
        result[h] = F.mse_loss(less, target) - base
    return result

# %% wrong | causal-layer | The layer is made causal, though it has no mask.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v, is_causal=True)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | error-per-sequence | The error is averaged per token only: the sum over features is not divided by D.
import torch


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    out_dtype = x.dtype
    x, w_q, w_k, w_v, w_o, target = (t.detach().double() for t in (x, w_q, w_k, w_v, w_o, target))
    cut = lambda y: y.unflatten(-1, (n_heads, -1)).transpose(1, 2)
    q, k, v = cut(x @ w_q.T), cut(x @ w_k.T), cut(x @ w_v.T)
    heads = torch.softmax(q @ k.mT / q.size(-1) ** 0.5, dim=-1) @ v
    keep = torch.cat([torch.ones(1, n_heads), 1 - torch.eye(n_heads)]).double()      # (H + 1, H)
    variants = heads * keep[:, None, :, None, None]                                    # (H + 1, B, H, T, d)
    output = variants.transpose(2, 3).flatten(3) @ w_o.T
    errors = (output - target).square().sum(dim=-1).flatten(1).mean(dim=1)
    return (errors[1:] - errors[0]).to(out_dtype)

# %% wrong | heads-last-missing | The loop ends one head early and the last entry stays 0.
import torch
import torch.nn.functional as F


def run(x, w_q, w_k, w_v, w_o, n_heads, silent=None):
    """The whole layer; head number `silent` returns zeros."""
    d = x.shape[2] // n_heads
    q = x @ w_q.T
    k = x @ w_k.T
    v = x @ w_v.T
    parts = []
    for h in range(n_heads):
        a, b = h * d, (h + 1) * d
        scores = q[..., a:b] @ k[..., a:b].mT / d ** 0.5
        part = F.softmax(scores, dim=-1) @ v[..., a:b]
        if h == silent:
            part = torch.zeros_like(part)
        parts.append(part)
    return torch.cat(parts, dim=-1) @ w_o.T


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    before = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads), target)
    result = x.new_zeros(n_heads)
    for h in range(n_heads - 1):
        after = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads, silent=h), target)
        result[h] = (after - before).detach()
    return result

# %% wrong | head-average-replaced | The silenced head is replaced by its mean over the tokens, not by 0.
import torch


@torch.no_grad()
def head_importance(
    x: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    target: torch.Tensor,
) -> torch.Tensor:
    D = x.size(-1)
    d = D // n_heads
    wq, wk, wv = (w.reshape(n_heads, d, D) for w in (w_q, w_k, w_v))
    q = torch.einsum("bti,hdi->bhtd", x, wq)
    k = torch.einsum("bti,hdi->bhtd", x, wk)
    v = torch.einsum("bti,hdi->bhtd", x, wv)
    a = (torch.einsum("bhtd,bhsd->bhts", q, k) * d ** -0.5).softmax(-1)
    terms = torch.einsum("bhts,bhsd,ohd->hbto", a, v, w_o.reshape(D, n_heads, d))
    difference = terms.sum(0) - target
    average = terms.mean(dim=2, keepdim=True)
    silenced = ((difference - terms + average) ** 2).mean(dim=(1, 2, 3))
    return silenced - (difference ** 2).mean()
