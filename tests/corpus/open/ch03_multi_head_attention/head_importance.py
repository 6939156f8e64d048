# %% right | keep-vector | heads computed once, multiplied by a vector of ones with a 0
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

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

# %% right | sum-of-contributions | the layer as a sum of terms, one left out each time
import math

import torch


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    d = x.shape[-1] // n_heads
    contributions = []
    for h in range(n_heads):
        rows = slice(h * d, (h + 1) * d)
        q, k, v = x @ w_q[rows].T, x @ w_k[rows].T, x @ w_v[rows].T
        weights = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(d), dim=-1)
        contributions.append(weights @ v @ w_o[:, rows].T)
    terms = torch.stack(contributions)                     # (H, B, T, D)
    output = terms.sum(dim=0)
    base = torch.mean((output - target) ** 2)
    without = torch.stack([torch.mean((terms[:h].sum(0) + terms[h + 1:].sum(0) - target) ** 2)
                           for h in range(n_heads)])
    return without - base

# %% right | einsum-subtract | einsum, all heads at once by subtracting each term from the output
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
    silenced = ((difference - terms) ** 2).mean(dim=(1, 2, 3))
    return silenced - (difference ** 2).mean()

# %% right | rerun-layer | the whole layer is run again with one head replaced by zeros
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
    for h in range(n_heads):
        after = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads, silent=h), target)
        result[h] = (after - before).detach()
    return result

# %% right | all-variants-batched | H + 1 variants in one tensor, in float64
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
    errors = (output - target).square().flatten(1).mean(dim=1)
    return (errors[1:] - errors[0]).to(out_dtype)

# %% right | columns-of-wo | columns of a copy of w_o are set to 0
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    q = (x @ w_q.T).reshape(B, T, n_heads, d).transpose(1, 2)
    k = (x @ w_k.T).reshape(B, T, n_heads, d).transpose(1, 2)
    v = (x @ w_v.T).reshape(B, T, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D)
    errors = []
    for h in [None] + list(range(n_heads)):
        w = w_o.clone()
        if h is not None:
            w[:, h * d:(h + 1) * d] = 0       # what head h would have been multiplied by
        errors.append(((y @ w.T - target) ** 2).mean())
    return torch.stack([e - errors[0] for e in errors[1:]])

# %% wrong | sign | All heads minus silenced: the sign is turned over.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(whole - error(heads * keep[:, None, None]))
    return torch.stack(result)

# %% wrong | error-not-difference | The error with the head silenced, without subtracting that of the whole.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]))
    return torch.stack(result)

# %% wrong | only-this-head | All others are silenced and head h alone is kept.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.zeros(n_heads, dtype=x.dtype)
        keep[h] = 1
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | ratio | The relative rise is returned instead of the difference.
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
    silenced = ((difference - terms) ** 2).mean(dim=(1, 2, 3))
    return silenced / (difference ** 2).mean() - 1

# %% wrong | sum-not-mean | The squared differences are added up instead of averaged.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).sum()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | absolute-error | The mean of absolute, not of squared, differences.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).abs().mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | root-mean-square | The root is taken of the error.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean().sqrt()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | rows-of-wo | Rows of the stored w_o are set to 0; head h is multiplied by columns.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    q = (x @ w_q.T).reshape(B, T, n_heads, d).transpose(1, 2)
    k = (x @ w_k.T).reshape(B, T, n_heads, d).transpose(1, 2)
    v = (x @ w_v.T).reshape(B, T, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D)
    errors = []
    for h in [None] + list(range(n_heads)):
        w = w_o.clone()
        if h is not None:
            w[h * d:(h + 1) * d] = 0       # what head h would have been multiplied by
        errors.append(((y @ w.T - target) ** 2).mean())
    return torch.stack([e - errors[0] for e in errors[1:]])

# %% wrong | wo-changed | w_o itself is cleared: an argument is changed, and the heads stay silent one after the other.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    q = (x @ w_q.T).reshape(B, T, n_heads, d).transpose(1, 2)
    k = (x @ w_k.T).reshape(B, T, n_heads, d).transpose(1, 2)
    v = (x @ w_v.T).reshape(B, T, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D)
    errors = []
    for h in [None] + list(range(n_heads)):
        w = w_o.detach()
        if h is not None:
            w[:, h * d:(h + 1) * d] = 0       # what head h would have been multiplied by
        errors.append(((y @ w.T - target) ** 2).mean())
    return torch.stack([e - errors[0] for e in errors[1:]])

# %% wrong | stays-silent | Heads once silenced stay silent for those that follow.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    keep = torch.ones(n_heads, dtype=x.dtype)
    for h in range(n_heads):
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | scores-zeroed | The scores are set to 0, so the head attends evenly and hands on the mean of the values.
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
        if h == silent:
            scores = torch.zeros_like(scores)
        part = F.softmax(scores, dim=-1) @ v[..., a:b]
        parts.append(part)
    return torch.cat(parts, dim=-1) @ w_o.T


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    before = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads), target)
    result = x.new_zeros(n_heads)
    for h in range(n_heads):
        after = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads, silent=h), target)
        result[h] = (after - before).detach()
    return result

# %% wrong | rest-moves-up | The silenced head is cut out and the heads behind it move up into its place, with zeros at the end; the others do not stay as they are.
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
    if silent is not None:
        parts = parts[:silent] + parts[silent + 1:] + [parts[silent]]
    return torch.cat(parts, dim=-1) @ w_o.T


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    before = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads), target)
    result = x.new_zeros(n_heads)
    for h in range(n_heads):
        after = F.mse_loss(run(x, w_q, w_k, w_v, w_o, n_heads, silent=h), target)
        result[h] = (after - before).detach()
    return result

# %% wrong | scale-by-D | Scores are divided by the root of D.
import math

import torch


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    d = x.shape[-1] // n_heads
    contributions = []
    for h in range(n_heads):
        rows = slice(h * d, (h + 1) * d)
        q, k, v = x @ w_q[rows].T, x @ w_k[rows].T, x @ w_v[rows].T
        weights = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(x.shape[-1]), dim=-1)
        contributions.append(weights @ v @ w_o[:, rows].T)
    terms = torch.stack(contributions)                     # (H, B, T, D)
    output = terms.sum(dim=0)
    base = torch.mean((output - target) ** 2)
    without = torch.stack([torch.mean((terms[:h].sum(0) + terms[h + 1:].sum(0) - target) ** 2)
                           for h in range(n_heads)])
    return without - base

# %% wrong | rescaled-others | The other heads are scaled up by H / (H − 1), as dropout does; they should stay exactly as they are.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        if n_heads > 1:
            keep = keep * n_heads / (n_heads - 1)
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result)

# %% wrong | against-own-output | The error is measured against the layer's own output, not the target.
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
    difference = terms.sum(0) - terms.sum(0)
    silenced = ((difference - terms) ** 2).mean(dim=(1, 2, 3))
    return silenced - (difference ** 2).mean()

# %% wrong | absolute-value | The absolute rise is returned, so it is never negative.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    return torch.stack(result).abs()

# %% wrong | silence-one-reshape | Heads are cut by one reshape to (B, H, T, d), so tokens are mixed.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    d = D // n_heads
    q = (x @ w_q.T).reshape(B, n_heads, T, d)
    k = (x @ w_k.T).reshape(B, n_heads, T, d)
    v = (x @ w_v.T).reshape(B, n_heads, T, d)
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D)
    errors = []
    for h in [None] + list(range(n_heads)):
        w = w_o.clone()
        if h is not None:
            w[:, h * d:(h + 1) * d] = 0       # what head h would have been multiplied by
        errors.append(((y @ w.T - target) ** 2).mean())
    return torch.stack([e - errors[0] for e in errors[1:]])

# %% wrong | keep-on-tokens | The zero falls on token h of every head: the keep vector has its size-one dimensions in the wrong place.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(T, dtype=x.dtype)
        keep[h % T] = 0
        result.append(error(heads * keep[:, None]) - whole)
    return torch.stack(result)

# %% wrong | float32-result | The result is float32 also for float64.
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
    errors = (output - target).square().flatten(1).mean(dim=1)
    return (errors[1:] - errors[0]).float()

# %% wrong | normalised | The scores are divided by their norm, as Michel et al. do for another measure.
import torch
import torch.nn.functional as F


def head_importance(x, w_q, w_k, w_v, w_o, n_heads, target):
    B, T, D = x.shape
    q, k, v = (F.linear(x, w).reshape(B, T, n_heads, D // n_heads).transpose(1, 2) for w in (w_q, w_k, w_v))
    heads = F.scaled_dot_product_attention(q, k, v)

    def error(found):
        output = F.linear(found.transpose(1, 2).reshape(B, T, D), w_o)
        return (output - target).pow(2).mean()

    whole = error(heads)
    result = []
    for h in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype)
        keep[h] = 0
        result.append(error(heads * keep[:, None, None]) - whole)
    r = torch.stack(result)
    return r / r.norm().clamp(min=1e-8)
