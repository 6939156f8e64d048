# %% right | sdpa | F.linear and scaled_dot_product_attention
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% right | manual-masked-fill | softmax by hand, lowest finite score, weights cleared after
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
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% right | einsum | einsum with a weight block for each head
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
        weights = torch.where(some, scores.softmax(dim=-1), torch.zeros_like(scores))
    else:
        weights = scores.softmax(dim=-1)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% right | sum-of-heads | loop over heads, contributions summed through columns of w_o
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
        scores = torch.bmm(q, k.mT) / d ** 0.5
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

# %% right | float64-inside | everything in float64, own stable softmax, back to the dtype
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
    return (torch.cat(found.unbind(1), -1) @ w_o.T).to(dtype)

# %% right | batch-times-heads | B and H folded into one dimension, baddbmm-free, additive bias in own dtype
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.size(1)
    d = D // n_heads

    def fold(x, w):
        y = F.linear(x, w).unflatten(-1, (n_heads, d))
        return y.permute(0, 2, 1, 3).reshape(B * n_heads, -1, d)

    q, k, v = fold(x_q, w_q), fold(x_kv, w_k), fold(x_kv, w_v)
    weights = torch.bmm(q * d ** -0.5, k.transpose(1, 2))
    if mask is not None:
        m = mask.expand(B, n_heads, T, S).reshape(B * n_heads, T, S)
        closed = torch.logical_not(m)
        empty = closed.all(-1, keepdim=True)
        weights = weights.masked_fill(closed, -torch.inf).masked_fill(empty, 0)
        weights = weights.softmax(-1) * ~empty
    else:
        weights = weights.softmax(-1)
    y = torch.bmm(weights, v).view(B, n_heads, T, d).permute(0, 2, 1, 3).reshape(B, T, D)
    return F.linear(y, w_o)

# %% wrong | scale-by-D | Scores are divided by the root of D, not of d; right only for one head.
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
    scores = q @ k.transpose(-2, -1) / math.sqrt(x_q.size(-1))
    if mask is None:
        weights = F.softmax(scores, dim=-1)
    else:
        # a finite lowest value keeps empty rows free of nan; they are set to 0 afterwards
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% wrong | no-scale | Scores are not divided by the root of d.
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
    scores = torch.einsum("bhtd,bhsd->bhts", q, k)
    if mask is not None:
        some = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask, float("-inf"))
        scores = torch.where(some, scores, torch.zeros_like(scores))
        weights = torch.where(some, scores.softmax(dim=-1), torch.zeros_like(scores))
    else:
        weights = scores.softmax(dim=-1)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% wrong | kv-from-xq | Keys and values are made from x_q, right only in self-attention.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_q, w_k).reshape(B, T, n_heads, d).transpose(1, 2)
    v = F.linear(x_q, w_v).reshape(B, T, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% wrong | weights-not-turned | x @ W instead of x Wᵀ for weights stored (outputs, inputs).
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
    q = split(x_q @ w_q, n_heads)
    k = split(x_kv @ w_k, n_heads)
    v = split(x_kv @ w_v, n_heads)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        weights = F.softmax(scores, dim=-1)
    else:
        # a finite lowest value keeps empty rows free of nan; they are set to 0 afterwards
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o

# %% wrong | only-wo-not-turned | Only the output projection is not turned over: y W_o.
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
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o

# %% wrong | no-output-projection | The heads are returned side by side, without W_o.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return y.transpose(1, 2).reshape(B, T, D)

# %% wrong | merge-without-swap | Heads and tokens are not swapped back before they are joined.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.reshape(B, T, D), w_o)

# %% wrong | one-reshape-split | One reshape to (B, H, T, d) mixes tokens into heads.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, n_heads, T, d)
    k = F.linear(x_kv, w_k).reshape(B, n_heads, S, d)
    v = F.linear(x_kv, w_v).reshape(B, n_heads, S, d)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% wrong | mask-inverted | True is taken as forbidden, as in nn.MultiheadAttention.
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
        scores = scores.masked_fill(mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1).masked_fill(mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% wrong | softmax-over-queries | The softmax runs over the queries.
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
        weights = torch.where(some, scores.softmax(dim=-2), torch.zeros_like(scores))
    else:
        weights = scores.softmax(dim=-2)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% wrong | mask-as-numbers | The mask is added as 0 and 1, which closes nothing.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=None if mask is None else mask.to(q.dtype))
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% wrong | nan-in-empty-rows | A row that allows nothing is nan, not 0.
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
        scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(dim=-1)
    else:
        weights = scores.softmax(dim=-1)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% wrong | nan-to-num | -inf is added as a bias and nan_to_num repairs the result of an empty row, but the gradients there are nan.
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
        bias = torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, float("-inf"))
        weights = torch.nan_to_num((scores + bias).softmax(dim=-1), nan=0.0)
    else:
        weights = scores.softmax(dim=-1)
    y = torch.einsum("bhts,bhsd->bhtd", weights, v)
    return torch.einsum("bhtd,ohd->bto", y, wo)

# %% wrong | minus-1e9 | -1e9 as a closed score: empty rows get the mean of the values, keys of 1e30 leak, and float16 overflows.
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
        scores = scores.masked_fill(~mask, -1e9)
        weights = F.softmax(scores, dim=-1)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% wrong | minus-1e9-cleared | -1e9 is subtracted from closed scores, so a closed key of 1e30 still wins the softmax before it is cleared.
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
        scores = scores - 1e9 * (~mask).to(scores.dtype)
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% wrong | padding-mask-only | The mask is unsqueezed as (B, S), so two to four dimensions of other shapes go wrong.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    if mask is not None and mask.dim() == 2:
        mask = mask[:, None, None, :]
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% wrong | renormalised-product | Weights are multiplied by the mask after the softmax: allowed weights no longer sum to 1.
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
        weights = F.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
    y = (weights @ v).transpose(1, 2).flatten(2)
    return y @ w_o.T

# %% wrong | causal-always | A causal mask is applied when none is given; None allows every pair.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)

# %% wrong | float32-result | Computed in float32 and returned so, not in the shared dtype.
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
    x_q, x_kv, w_q, w_k, w_v, w_o = (a.float() for a in (x_q, x_kv, w_q, w_k, w_v, w_o))
    q, k, v = (torch.stack((x @ w.T).chunk(n_heads, -1), 1)
               for x, w in ((x_q, w_q), (x_kv, w_k), (x_kv, w_v)))
    found = attend(q, k, v, mask)
    return (torch.cat(found.unbind(1), -1) @ w_o.T)

# %% wrong | detached-query | The queries are computed under no_grad, so gradients do not reach w_q.
import torch
import torch.nn.functional as F


def multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, n_heads, mask=None):
    B, T, D = x_q.shape
    S = x_kv.shape[1]
    d = D // n_heads
    with torch.no_grad():
        q = F.linear(x_q, w_q).reshape(B, T, n_heads, d).transpose(1, 2)
    k = F.linear(x_kv, w_k).reshape(B, S, n_heads, d).transpose(1, 2)
    v = F.linear(x_kv, w_v).reshape(B, S, n_heads, d).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(y.transpose(1, 2).reshape(B, T, D), w_o)
