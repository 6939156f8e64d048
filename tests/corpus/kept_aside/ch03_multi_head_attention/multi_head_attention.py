# %% right | loop-over-queries | position by position: only allowed keys are gathered
import math

import torch


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    if mask is None:
        mask = torch.ones(T, S, dtype=torch.bool)
    mask = mask.expand(B, n_heads, T, S)
    sequences = []
    for b in range(B):
        q = x_q[b] @ w_q.T
        k = x_kv[b] @ w_k.T
        v = x_kv[b] @ w_v.T
        tokens = []
        for t in range(T):
            notes = []
            for h in range(n_heads):
                own = slice(h * d, h * d + d)
                open_keys = mask[b, h, t].nonzero().flatten()
                scores = k[open_keys][:, own] @ q[t, own] / math.sqrt(d)
                notes.append(scores.softmax(0) @ v[open_keys][:, own])
            tokens.append(torch.cat(notes))
        sequences.append(torch.stack(tokens))
    return torch.stack(sequences) @ w_o.T

# %% right | module-inside | small class that keeps the four matrices, scale inside the query
import torch
from torch.nn import functional as F


class _Heads:
    def __init__(self, n):
        self.n = n

    def cut(self, x):
        return x.unflatten(2, (self.n, x.size(2) // self.n)).movedim(2, 1)

    def join(self, x):
        return x.movedim(1, 2).flatten(2)


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    heads = _Heads(n_heads)
    q, k, v = heads.cut(F.linear(x_q, w_q)), heads.cut(F.linear(x_kv, w_k)), heads.cut(F.linear(x_kv, w_v))
    scale = q.size(-1) ** 0.25
    scores = (q / scale) @ (k / scale).mT
    if mask is not None:
        mask = mask.expand_as(scores)
        keep = mask | ~mask.any(-1, keepdim=True)
        scores = torch.where(keep, scores, torch.full_like(scores, -torch.inf))
        weights = scores.softmax(-1)
        weights = torch.where(mask, weights, torch.zeros_like(weights))
    else:
        weights = scores.softmax(-1)
    return F.linear(heads.join(weights @ v), w_o)

# %% right | sdpa-with-expanded-mask | sdpa head by head with an explicit full mask
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    shape = (x_q.size(0), n_heads, x_q.size(1), x_kv.size(1))
    full = torch.ones(shape, dtype=torch.bool) if mask is None else mask.expand(shape)
    queries = (x_q @ w_q.mT).tensor_split(n_heads, dim=-1)
    keys = (x_kv @ w_k.mT).tensor_split(n_heads, dim=-1)
    values = (x_kv @ w_v.mT).tensor_split(n_heads, dim=-1)
    out = []
    for h, (q, k, v) in enumerate(zip(queries, keys, values)):
        m = full[:, h]
        empty = ~m.any(-1, keepdim=True)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=m | empty)
        out.append(y.masked_fill(empty, 0))
    return torch.cat(out, -1) @ w_o.mT

# %% wrong | mask-changed | The mask is opened in place where a row is empty: the argument is changed.
import torch


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    D = x_q.shape[-1]
    d = D // n_heads
    wq = w_q.reshape(n_heads, d, D)
    wk = w_k.reshape(n_heads, d, D)
    wv = w_v.reshape(n_heads, d, D)
    wo = w_o.reshape(D, n_heads, d)
    q = torch.einsum("bti,hdi->bhtd", x_q, wq)
    k = torch.einsum("bsi,hdi->bhsd", x_kv, wk)
    v = torch.einsum("bsi,hdi->bhsd", x_kv, wv)
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) * d ** -0.5
    if mask is not None:
        some = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, float("-inf"))
        scores = torch.where(some, scores, torch.zeros_like(scores))
        mask |= ~some
        weights = torch.where(some, scores.softmax(dim=-1), torch.zeros_like(scores))
    else:
        weights = scores.softmax(dim=-1)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% wrong | mask-head-expanded-on-batch | A three-dimensional mask is taken as (B, T, S), though it broadcasts as (H, T, S).
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    if mask is not None and mask.dim() == 3:
        mask = mask.unsqueeze(1)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% wrong | values-from-keys-weight | Values are made with w_k: a copied line.
import math

import torch
import torch.nn.functional as F


def split(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def multi_head_attention(
    x_q: torch.Tensor,
    x_kv: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    q = split(x_q @ w_q.T, n_heads)
    k = split(x_kv @ w_k.T, n_heads)
    v = split(x_kv @ w_k.T, n_heads)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        weights = F.softmax(scores, dim=-1)
    else:
        # a finite lowest value keeps empty rows free of nan; they are set to 0 afterwards
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% wrong | heads-interleaved | Head h takes every H-th feature, and the merge undoes it: only weights of one's own fit.
import torch


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    D = x_q.shape[-1]
    d = D // n_heads
    wq = w_q.reshape(d, n_heads, D).transpose(0, 1)
    wk = w_k.reshape(d, n_heads, D).transpose(0, 1)
    wv = w_v.reshape(d, n_heads, D).transpose(0, 1)
    wo = w_o.reshape(D, d, n_heads).transpose(1, 2)
    q = torch.einsum("bti,hdi->bhtd", x_q, wq)
    k = torch.einsum("bsi,hdi->bhsd", x_kv, wk)
    v = torch.einsum("bsi,hdi->bhsd", x_kv, wv)
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) * d ** -0.5
    if mask is not None:
        some = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, float("-inf"))
        scores = torch.where(some, scores, torch.zeros_like(scores))
        weights = torch.where(some, scores.softmax(dim=-1), torch.zeros_like(scores))
    else:
        weights = scores.softmax(dim=-1)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% wrong | token-zeroed-if-any-head-empty | Where one head of a token is empty, the other heads are silenced too.
import math

import torch


def attend(q, k, v, mask):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is None:
        return torch.softmax(scores, -1) @ v
    scores = scores.masked_fill(~mask, -math.inf)
    top = scores.amax(dim=-1, keepdim=True).detach()
    top = top.masked_fill(top == -math.inf, 0.0)
    e = torch.exp(scores - top)
    total = e.sum(dim=-1, keepdim=True)
    return e / total.masked_fill(total == 0, 1.0) @ v


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    dtype = x_q.dtype
    x_q, x_kv, w_q, w_k, w_v, w_o = (a.double() for a in (x_q, x_kv, w_q, w_k, w_v, w_o))
    q, k, v = (torch.stack((x @ w.T).chunk(n_heads, -1), 1)
               for x, w in ((x_q, w_q), (x_kv, w_k), (x_kv, w_v)))
    found = attend(q, k, v, mask)
    if mask is not None:
        m = mask.expand(*q.shape[:3], k.size(2)).any(-1).all(1)
        found = found * m[:, None, :, None]
    return (torch.cat(found.unbind(1), -1) @ w_o.T).to(dtype)

# %% wrong | no-stable-softmax | exp without subtracting the maximum: inf/inf is nan for large scores.
import math

import torch


def attend(q, k, v, mask):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is None:
        return torch.softmax(scores, -1) @ v
    scores = scores.masked_fill(~mask, -math.inf)
    e = torch.exp(scores)
    total = e.sum(dim=-1, keepdim=True)
    return e / total.masked_fill(total == 0, 1.0) @ v


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    dtype = x_q.dtype
    x_q, x_kv, w_q, w_k, w_v, w_o = (a.float() for a in (x_q, x_kv, w_q, w_k, w_v, w_o))
    q, k, v = (torch.stack((x @ w.T).chunk(n_heads, -1), 1)
               for x, w in ((x_q, w_q), (x_kv, w_k), (x_kv, w_v)))
    found = attend(q, k, v, mask)
    return (torch.cat(found.unbind(1), -1) @ w_o.T).to(dtype)

# %% wrong | sqrt-of-d-as-integer | The scale is the rounded root int(d ** 0.5), exact only where d is a square.
import torch


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    """One head at a time; the heads are summed up through their part of w_o."""
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    if mask is not None:
        mask = torch.broadcast_to(mask, (B, n_heads, T, S))
    total = 0
    for h in range(n_heads):
        rows = slice(h * d, (h + 1) * d)
        q = x_q @ w_q[rows].T
        k = x_kv @ w_k[rows].T
        v = x_kv @ w_v[rows].T
        scores = torch.bmm(q, k.mT) / int(d ** 0.5)
        if mask is not None:
            closed = ~mask[:, h]
            empty = closed.all(dim=-1, keepdim=True)
            scores = scores.masked_fill(closed & ~empty, float("-inf"))
            scores = scores.masked_fill(empty, 0.0)
            weights = torch.softmax(scores, dim=-1).masked_fill(empty, 0.0)
        else:
            weights = torch.softmax(scores, dim=-1)
        total = total + weights @ v @ w_o[:, rows].T
    return total

# %% wrong | closed-keys-as-zero-vectors | Closed keys are replaced by score 0 instead of being taken out of the softmax.
import math

import torch
import torch.nn.functional as F


def split(x, n_heads):
    B, T, D = x.shape
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)


def multi_head_attention(
    x_q: torch.Tensor,
    x_kv: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    q = split(x_q @ w_q.T, n_heads)
    k = split(x_kv @ w_k.T, n_heads)
    v = split(x_kv @ w_v.T, n_heads)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        weights = F.softmax(scores, dim=-1)
    else:
        # a finite lowest value keeps empty rows free of nan; they are set to 0 afterwards
        scores = scores.masked_fill(~mask, 0.0)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T
