# %% wrong | mask-of-the-first | all sources take the mask of source 0 (stub: the mask of a source holds for its own rows)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        memory_mask = memory_mask[:1]
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | heads-by-reshape | cuts heads by a plain reshape to (B, H, S, d) (stub: head h takes the features h·d to (h + 1)·d − 1)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.reshape(y.shape[0], n_heads, y.shape[1], -1)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | causal-over-the-memory | a triangle over the source when there are several tokens (stub: makes no difference how the tokens come)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    rows, T, D = x.shape
    B, H, S, d = k.shape
    K, rest = divmod(rows, B)
    if rest:
        raise ValueError(f"{rows} rows for {B} sources")
    k = k.repeat_interleave(K, dim=0)
    v = v.repeat_interleave(K, dim=0)
    q = F.linear(x, w_q).reshape(rows, T, H, d).transpose(1, 2)
    if memory_mask is None:
        y = F.scaled_dot_product_attention(q, k, v, is_causal=T > 1)
    else:
        mask = memory_mask.repeat_interleave(K, dim=0)
        empty = ~mask.any(-1, keepdim=True)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask | empty)
        y = y.masked_fill(empty, 0.0)
    return F.linear(y.transpose(1, 2).reshape(rows, T, D), w_o)

# %% wrong | nan-gradients | -inf and nan_to_num on the result, so the result is 0 but gradients are NaN (stub: finite also where the mask allows nothing)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        bias = torch.zeros(memory_mask.shape, dtype=x.dtype, device=x.device)
        scores = scores + bias.masked_fill(~memory_mask, -math.inf)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = torch.nan_to_num(weights)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% right | broadcast-beams | chunks stacked, an axis for beams that broadcasts
import torch
import torch.nn.functional as F


def _heads(y, n):
    return torch.stack(torch.chunk(y, n, dim=-1), dim=-3)


def project_memory(memory, w_k, w_v, n_heads):
    if memory.size(-1) % n_heads:
        raise ValueError("n_heads")
    return _heads(F.linear(memory, w_k), n_heads), _heads(F.linear(memory, w_v), n_heads)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    if x.size(0) % k.size(0):
        raise ValueError("beams")
    # (B, K, H, T, d) beside (B, 1, H, S, d)
    q = _heads(F.linear(x, w_q), k.size(1)).unflatten(0, (k.size(0), -1))
    k, v = k.unsqueeze(1), v.unsqueeze(1)
    e = torch.matmul(q, k.transpose(-1, -2)) * k.size(-1) ** -0.5
    if memory_mask is None:
        a = e.softmax(-1)
    else:
        m = memory_mask.unsqueeze(1)
        e = e.masked_fill(~m, torch.finfo(e.dtype).min)
        a = e.softmax(-1) * m
    y = torch.matmul(a, v).flatten(0, 1)
    return F.linear(torch.cat(y.unbind(1), dim=-1), w_o)

# %% right | source-by-source | a loop over sources, softmax over the real tokens alone
import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def _attend(q, k, v, real):
    """q (K, T, H, d), k and v (H, S, d), real (S) or None, for one source."""
    e = torch.einsum("nthd,hsd->nhts", q, k) * k.shape[-1] ** -0.5
    if real is None:
        a = F.softmax(e, -1)
    else:
        a = torch.zeros_like(e)
        if bool(real.any()):
            a[..., real] = F.softmax(e[..., real], -1)
        else:
            a = a * e
    return torch.einsum("nhts,hsd->nthd", a, v).flatten(2)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H = k.shape[:2]
    if len(x) % B:
        raise ValueError("rows of x")
    groups = (x @ w_q.T).unflatten(-1, (H, -1)).chunk(B)
    out = [
        _attend(q, k[b], v[b], None if memory_mask is None else memory_mask[b, 0, 0])
        for b, q in enumerate(groups)
    ]
    return torch.cat(out) @ w_o.T
