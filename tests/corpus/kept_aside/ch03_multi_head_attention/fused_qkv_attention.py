# %% right | baddbmm | flat batches, addmm and bmm
import torch


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    d = D // n_heads
    flat = x.reshape(B * T, D)
    qkv = torch.mm(flat, w_qkv.t()) if b_qkv is None else torch.addmm(b_qkv, flat, w_qkv.t())
    qkv = qkv.reshape(B, T, 3 * n_heads, d).transpose(1, 2)      # 3·H "heads", query ones first
    q, k, v = (part.reshape(B * n_heads, T, d) for part in qkv.split(n_heads, dim=1))
    a = torch.bmm(q, k.transpose(1, 2)).div(d ** 0.5)
    if mask is not None:
        m = mask.expand(B, n_heads, T, T).reshape(B * n_heads, T, T)
        a = a.masked_fill(m.logical_not(), torch.finfo(a.dtype).min).softmax(-1)
        a = a.masked_fill(m.logical_not(), 0)
    else:
        a = a.softmax(-1)
    y = torch.bmm(a, v).reshape(B, n_heads, T, d).transpose(1, 2).reshape(B * T, D)
    y = torch.mm(y, w_o.t()) if b_o is None else torch.addmm(b_o, y, w_o.t())
    return y.reshape(B, T, D)

# %% right | per-sequence | each sequence by itself, sdpa with three dimensions
import torch
from torch.nn.functional import linear, scaled_dot_product_attention


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    if mask is not None:
        mask = mask.expand(B, n_heads, T, T)
    results = []
    for b, tokens in enumerate(x):
        q, k, v = torch.tensor_split(linear(tokens, w_qkv, b_qkv), 3, dim=-1)
        q, k, v = (p.reshape(T, n_heads, D // n_heads).transpose(0, 1) for p in (q, k, v))
        y = scaled_dot_product_attention(q, k, v, attn_mask=None if mask is None else mask[b])
        results.append(linear(y.transpose(0, 1).flatten(1), w_o, b_o))
    return torch.stack(results)

# %% right | linear-modules | torch.func.functional_call with two nn.Linear on the given tensors
import torch
from torch import nn


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    def apply(x, w, b):
        layer = nn.Linear(w.shape[1], w.shape[0], bias=b is not None, device="meta")
        given = {"weight": w} if b is None else {"weight": w, "bias": b}
        return torch.func.functional_call(layer, given, (x,))

    B, T, D = x.shape
    qkv = apply(x, w_qkv, b_qkv).view(B, T, 3, n_heads, D // n_heads)
    q, k, v = (qkv[:, :, i].transpose(1, 2) for i in range(3))
    y = nn.functional.scaled_dot_product_attention(q, k, v, mask)
    return apply(y.transpose(1, 2).flatten(-2), w_o, b_o)

# %% wrong | columns-cut | w_qkv is reshaped to (D, 3·D) and used as (inputs, outputs): right shape, other numbers.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    qkv = x @ w_qkv.reshape(D, 3 * D)
    if b_qkv is not None:
        qkv = qkv + b_qkv
    q, k, v = (p.reshape(B, T, n_heads, -1).transpose(1, 2) for p in qkv.chunk(3, -1))
    y = F.scaled_dot_product_attention(q, k, v, mask).transpose(1, 2).flatten(2)
    return F.linear(y, w_o, b_o)

# %% wrong | mask-2d-as-padding | A two-dimensional mask is read as padding of (B, T) where its first size is B.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    if mask is not None and mask.shape == (B, T):
        mask = mask[:, None, None, :]
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | bias-truthiness | `if b_o:` raises an error for a bias with more than one number.
import math

import torch


def fused_qkv_attention(
    x: torch.Tensor,
    w_qkv: torch.Tensor,
    b_qkv: torch.Tensor | None,
    w_o: torch.Tensor,
    b_o: torch.Tensor | None,
    n_heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    B, T, D = x.shape
    d = D // n_heads
    qkv = x @ w_qkv.transpose(0, 1)
    if b_qkv is not None:
        qkv = qkv + b_qkv
    qkv = qkv.reshape(B, T, 3, n_heads, d).permute(2, 0, 3, 1, 4)
    q, k, v = qkv.unbind(0)
    scores = q @ k.transpose(-1, -2) / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
        # an empty row becomes nan; masked_fill keeps nan out of the gradient of the scores
        weights = torch.softmax(scores, dim=-1).nan_to_num(nan=0.0)
    else:
        weights = torch.softmax(scores, dim=-1)
    found = (weights @ v).permute(0, 2, 1, 3).reshape(B, T, D)
    out = found @ w_o.transpose(0, 1)
    if b_o:
        out = out + b_o
    return out

# %% wrong | empty-rows-after-bias | Empty heads are set to 0 after the output projection and only their token's first head decides.
import torch


def _linear(x, w, b):
    y = torch.matmul(x, w.t())
    return y if b is None else torch.add(y, b)


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    dtype = x.dtype
    up = lambda t: None if t is None else t.to(torch.float64)
    qkv = _linear(up(x), up(w_qkv), up(b_qkv))
    parts = qkv.split(x.shape[2], dim=2)
    q, k, v = [torch.stack(p.chunk(n_heads, dim=2), dim=1) for p in parts]
    scores = torch.matmul(q, k.transpose(2, 3)) / q.shape[-1] ** 0.5
    if mask is None:
        mask = torch.ones(1, 1, dtype=torch.bool, device=x.device)
    mask = mask.expand_as(scores)
    usable = mask.any(dim=-1, keepdim=True)
    scores = torch.where(mask, scores, -torch.inf)
    scores = torch.where(usable, scores, 0.0)
    weights = torch.where(usable, torch.softmax(scores, dim=-1), 0.0)
    y = torch.cat(torch.matmul(weights, v).unbind(dim=1), dim=-1)
    dead = ~usable[:, 0]                              # (B, T, 1)
    out = _linear(y, up(w_o), None).masked_fill(dead, 0.0)
    return (out if b_o is None else out + up(b_o)).to(dtype)

# %% wrong | heads-share-output-block | Every head is multiplied by the columns of head 0 of w_o.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    d = D // n_heads
    q, k, v = (p.unflatten(-1, (n_heads, d)).transpose(1, 2) for p in F.linear(x, w_qkv, b_qkv).split(D, -1))
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    out = sum(y[:, h] @ w_o[:, :d].T for h in range(n_heads))
    return out if b_o is None else out + b_o

# %% wrong | output-bias-per-head | b_o is added once for each head instead of once.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    d = D // n_heads
    q, k, v = (p.unflatten(-1, (n_heads, d)).transpose(1, 2) for p in F.linear(x, w_qkv, b_qkv).split(D, -1))
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    out = 0
    for h in range(n_heads):
        out = out + F.linear(y[:, h], w_o[:, h * d:(h + 1) * d], b_o)
    return out

# %% wrong | x-reshaped-time-first | x is turned to (T, B, D) and attention runs over the batch.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    x = x.transpose(0, 1)
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o).transpose(0, 1)

# %% wrong | biases-detached | The biases are added as .data, so no gradient reaches them.
import math

import torch


def fused_qkv_attention(
    x: torch.Tensor,
    w_qkv: torch.Tensor,
    b_qkv: torch.Tensor | None,
    w_o: torch.Tensor,
    b_o: torch.Tensor | None,
    n_heads: int,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    B, T, D = x.shape
    d = D // n_heads
    qkv = x @ w_qkv.transpose(0, 1)
    if b_qkv is not None:
        qkv = qkv + b_qkv.data
    qkv = qkv.reshape(B, T, 3, n_heads, d).permute(2, 0, 3, 1, 4)
    q, k, v = qkv.unbind(0)
    scores = q @ k.transpose(-1, -2) / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
        # an empty row becomes nan; masked_fill keeps nan out of the gradient of the scores
        weights = torch.softmax(scores, dim=-1).nan_to_num(nan=0.0)
    else:
        weights = torch.softmax(scores, dim=-1)
    found = (weights @ v).permute(0, 2, 1, 3).reshape(B, T, D)
    out = found @ w_o.transpose(0, 1)
    if b_o is not None:
        out = out + b_o.data
    return out
