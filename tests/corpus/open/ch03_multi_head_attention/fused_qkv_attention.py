# %% right | chunk-sdpa | chunk, split and scaled_dot_product_attention
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% right | five-dims-permute | one view (B, T, 3, H, d), softmax by hand with masked_fill and nan_to_num
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
    if b_o is not None:
        out = out + b_o
    return out

# %% right | three-products-loop | weights cut in three, loop over heads
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.size(-1)
    d = D // n_heads
    w_q, w_k, w_v = w_qkv[:D], w_qkv[D:2 * D], w_qkv[2 * D:]
    if b_qkv is None:
        b_q = b_k = b_v = None
    else:
        b_q, b_k, b_v = b_qkv[:D], b_qkv[D:2 * D], b_qkv[2 * D:]
    q = F.linear(x, w_q, b_q)
    k = F.linear(x, w_k, b_k)
    v = F.linear(x, w_v, b_v)
    shape = (x.size(0), n_heads, x.size(1), x.size(1))
    heads = []
    for h in range(n_heads):
        a, b = h * d, (h + 1) * d
        scores = q[:, :, a:b] @ k[:, :, a:b].mT * d ** -0.5
        if mask is not None:
            open_ = mask.expand(shape)[:, h]
            empty = ~open_.any(dim=-1, keepdim=True)
            scores = scores.masked_fill(~(open_ | empty), float("-inf"))
            weights = scores.softmax(dim=-1).masked_fill(empty, 0.0)
        else:
            weights = scores.softmax(dim=-1)
        heads.append(weights @ v[:, :, a:b])
    return F.linear(torch.cat(heads, dim=-1), w_o, b_o)

# %% right | einsum | einsum with a (3, H, d, D) weight
import torch


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.shape[-1]
    d = D // n_heads
    w = w_qkv.reshape(3, n_heads, d, D)
    q, k, v = torch.einsum("bti,nhdi->nbhtd", x, w)
    if b_qkv is not None:
        bias = b_qkv.reshape(3, 1, n_heads, 1, d)
        q, k, v = q + bias[0], k + bias[1], v + bias[2]
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) / d ** 0.5
    if mask is not None:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(-1) * mask
    else:
        weights = scores.softmax(-1)
    y = torch.einsum("bhts,bhsd,ohd->bto", weights, v, w_o.reshape(D, n_heads, d))
    return y if b_o is None else y + b_o

# %% right | float64-helpers | helper for a linear map, all in float64, cast back
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
    return _linear(y, up(w_o), up(b_o)).to(dtype)

# %% right | loop-over-queries | loop over query positions with a pinned-up mask
import torch
import torch.nn.functional as F


def split(a, H):
    return a.unflatten(-1, (H, -1)).transpose(-2, -3)


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    batch, time, width = x.shape
    packed = F.linear(x, w_qkv, b_qkv)
    q = split(packed[..., :width], n_heads)
    k = split(packed[..., width:2 * width], n_heads)
    v = split(packed[..., -width:], n_heads)
    if mask is not None:
        mask = mask.broadcast_to(batch, n_heads, time, time)
    found = []
    for t in range(time):
        row = (q[:, :, t:t + 1] * k).sum(-1) / (width // n_heads) ** 0.5     # (B, H, T)
        if mask is not None:
            closed = ~mask[:, :, t]
            row = row.masked_fill(closed, float("-inf"))
            row = row.masked_fill(closed.all(-1, keepdim=True), 0.0)
        weight = F.softmax(row, dim=-1)
        if mask is not None:
            weight = weight.masked_fill(closed, 0.0)
        found.append((weight[..., None] * v).sum(-2).flatten(1))
    return F.linear(torch.stack(found, dim=1), w_o, b_o)

# %% wrong | heads-before-parts | The 3·D features are cut into heads first and then into q, k, v: the layout of other models.
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
    qkv = qkv.reshape(B, T, n_heads, 3, d).permute(3, 0, 2, 1, 4)
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
        out = out + b_o
    return out

# %% wrong | interleaved-qkv | Every third feature belongs to the query: reshape (…, d, 3).
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
    qkv = qkv.reshape(B, T, n_heads, d, 3).permute(4, 0, 2, 1, 3)
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
        out = out + b_o
    return out

# %% wrong | order-kqv | The packed order is taken as key, query, value.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    k, q, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | order-vkq | The packed order is taken as value, key, query.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.size(-1)
    d = D // n_heads
    w_v, w_k, w_q = w_qkv[:D], w_qkv[D:2 * D], w_qkv[2 * D:]
    if b_qkv is None:
        b_q = b_k = b_v = None
    else:
        b_q, b_k, b_v = b_qkv[:D], b_qkv[D:2 * D], b_qkv[2 * D:]
    q = F.linear(x, w_q, b_q)
    k = F.linear(x, w_k, b_k)
    v = F.linear(x, w_v, b_v)
    shape = (x.size(0), n_heads, x.size(1), x.size(1))
    heads = []
    for h in range(n_heads):
        a, b = h * d, (h + 1) * d
        scores = q[:, :, a:b] @ k[:, :, a:b].mT * d ** -0.5
        if mask is not None:
            open_ = mask.expand(shape)[:, h]
            empty = ~open_.any(dim=-1, keepdim=True)
            scores = scores.masked_fill(~(open_ | empty), float("-inf"))
            weights = scores.softmax(dim=-1).masked_fill(empty, 0.0)
        else:
            weights = scores.softmax(dim=-1)
        heads.append(weights @ v[:, :, a:b])
    return F.linear(torch.cat(heads, dim=-1), w_o, b_o)

# %% wrong | qkv-bias-forgotten | b_qkv is never added.
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
        qkv = qkv
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
        out = out + b_o
    return out

# %% wrong | output-bias-forgotten | b_o is never added.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o)

# %% wrong | biases-together | Biases are added only where both are given, though either may be None without the other.
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
    if b_qkv is not None and b_o is not None:
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
    if b_qkv is not None and b_o is not None:
        out = out + b_o
    return out

# %% wrong | bias-required | b_qkv is cut without asking whether it is None.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.size(-1)
    d = D // n_heads
    w_q, w_k, w_v = w_qkv[:D], w_qkv[D:2 * D], w_qkv[2 * D:]
    b_q, b_k, b_v = b_qkv[:D], b_qkv[D:2 * D], b_qkv[2 * D:]
    q = F.linear(x, w_q, b_q)
    k = F.linear(x, w_k, b_k)
    v = F.linear(x, w_v, b_v)
    shape = (x.size(0), n_heads, x.size(1), x.size(1))
    heads = []
    for h in range(n_heads):
        a, b = h * d, (h + 1) * d
        scores = q[:, :, a:b] @ k[:, :, a:b].mT * d ** -0.5
        if mask is not None:
            open_ = mask.expand(shape)[:, h]
            empty = ~open_.any(dim=-1, keepdim=True)
            scores = scores.masked_fill(~(open_ | empty), float("-inf"))
            weights = scores.softmax(dim=-1).masked_fill(empty, 0.0)
        else:
            weights = scores.softmax(dim=-1)
        heads.append(weights @ v[:, :, a:b])
    return F.linear(torch.cat(heads, dim=-1), w_o, b_o)

# %% wrong | value-bias-dropped | The value part of the bias is not added; only those of query and key are.
import torch


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.shape[-1]
    d = D // n_heads
    w = w_qkv.reshape(3, n_heads, d, D)
    q, k, v = torch.einsum("bti,nhdi->nbhtd", x, w)
    if b_qkv is not None:
        bias = b_qkv.reshape(3, 1, n_heads, 1, d)
        q, k, v = q + bias[0], k + bias[1], v
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) / d ** 0.5
    if mask is not None:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(-1) * mask
    else:
        weights = scores.softmax(-1)
    y = torch.einsum("bhts,bhsd,ohd->bto", weights, v, w_o.reshape(D, n_heads, d))
    return y if b_o is None else y + b_o

# %% wrong | scale-by-D | Scores are divided by the root of D rather than d.
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
    scores = q @ k.transpose(-1, -2) / math.sqrt(D)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
        # an empty row becomes nan; masked_fill keeps nan out of the gradient of the scores
        weights = torch.softmax(scores, dim=-1).nan_to_num(nan=0.0)
    else:
        weights = torch.softmax(scores, dim=-1)
    found = (weights @ v).permute(0, 2, 1, 3).reshape(B, T, D)
    out = found @ w_o.transpose(0, 1)
    if b_o is not None:
        out = out + b_o
    return out

# %% wrong | double-scale | The query is scaled, and scaled_dot_product_attention scales again.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    q = q / q.size(-1) ** 0.5
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | merge-no-swap | The heads are joined without moving them behind the tokens.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | mask-inverted | True is taken as forbidden.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=None if mask is None else ~mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | causal-by-default | Attention is causal whenever no mask is given.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | empty-token-without-bias | Tokens whose rows are all empty are set to 0 after the output projection, so b_o is lost.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    out = F.linear(y, w_o, b_o)
    if mask is not None:
        alive = mask.expand(B, n_heads, T, T).any(dim=-1).any(dim=1)
        out = out * alive[..., None]
    return out

# %% wrong | empty-row-mean | Empty rows get the mean of the values instead of 0.
import torch


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    D = x.shape[-1]
    d = D // n_heads
    w = w_qkv.reshape(3, n_heads, d, D)
    q, k, v = torch.einsum("bti,nhdi->nbhtd", x, w)
    if b_qkv is not None:
        bias = b_qkv.reshape(3, 1, n_heads, 1, d)
        q, k, v = q + bias[0], k + bias[1], v + bias[2]
    scores = torch.einsum("bhtd,bhsd->bhts", q, k) / d ** 0.5
    if mask is not None:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(-1)
    else:
        weights = scores.softmax(-1)
    y = torch.einsum("bhts,bhsd,ohd->bto", weights, v, w_o.reshape(D, n_heads, d))
    return y if b_o is None else y + b_o

# %% wrong | nan-gradient | An empty row is 0 in the result through nan_to_num, but -inf was added, so its gradients are nan.
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
        scores = scores + torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1).nan_to_num(nan=0.0)
    else:
        weights = torch.softmax(scores, dim=-1)
    found = (weights @ v).permute(0, 2, 1, 3).reshape(B, T, D)
    out = found @ w_o.transpose(0, 1)
    if b_o is not None:
        out = out + b_o
    return out

# %% wrong | weight-not-turned | w_o is used as (inputs, outputs).
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
    out = found @ w_o
    if b_o is not None:
        out = out + b_o
    return out

# %% wrong | in-place-bias | The packed bias is scaled in place for the query part: an argument is changed.
import torch
import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    if b_qkv is not None:
        with torch.no_grad():
            b_qkv[D:2 * D] = 0      # the bias of the keys has no effect anyway
    q, k, v = F.linear(x, w_qkv, b_qkv).chunk(3, dim=-1)
    q = q.reshape(B, T, n_heads, -1).transpose(1, 2)
    k = k.reshape(B, T, n_heads, -1).transpose(1, 2)
    v = v.reshape(B, T, n_heads, -1).transpose(1, 2)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    y = y.transpose(1, 2).reshape(B, T, D)
    return F.linear(y, w_o, b_o)

# %% wrong | output-float32 | Computed in float32 and never cast back.
import torch


def _linear(x, w, b):
    y = torch.matmul(x, w.t())
    return y if b is None else torch.add(y, b)


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    dtype = x.dtype
    up = lambda t: None if t is None else t.to(torch.float32)
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
    return _linear(y, up(w_o), up(b_o))
