# %% right | repeat | Keys repeated
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% right | expand | expand and flatten
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.unsqueeze(2).expand(-1, -1, n // g, -1, -1).flatten(1, 2)
    v = v[:, :, None].expand(-1, -1, n // g, -1, -1).flatten(1, 2)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% right | index | Key heads by index h // (H/G)
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    who = torch.tensor([h // (n // g) for h in range(n)], device=q.device)
    k, v = k[:, who], v[:, who]
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% right | einsum-scaled-first | Queries scaled, then einsum
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = torch.einsum("bhtd,bhsd->bhts", q / q.shape[-1] ** 0.5, k)
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | tiled-heads | Copies stand 0 1 0 1 instead of 0 0 1 1
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat(1, n // g, 1, 1)
    v = v.repeat(1, n // g, 1, 1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | no-scale | The root of d is missing
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1)
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | true-hides | True is taken as forbidden
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(mask, 0.0)
    return w @ v, w

# %% wrong | by-d | Divides by d, not its root
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / q.shape[-1]
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% right | inf-nan | -inf, and NaN set to 0 after the softmax: the filling takes no gradient, so all are finite
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, float("-inf"))
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | no-zeroing | A row that allows nothing sums to 1
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        pass
    return w @ v, w

# %% wrong | values-tiled | Only the values stand in the other order
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat(1, n // g, 1, 1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | no-error | H no multiple of G gives another error than ValueError
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise RuntimeError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | query-axis | The softmax runs over the queries
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-2)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | fixed-1e9 | -1e9 does not fit float16
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -1e9)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | additive-inf | -inf is added and NaN replaced afterwards: gradients are NaN where a row allows nothing
import torch


def grouped_query_attention(q, k, v, mask=None):
    h, g = q.shape[1], k.shape[1]
    if h % g:
        raise ValueError("H must be a multiple of G")
    index = torch.arange(h, device=q.device) // (h // g)
    k, v = k[:, index], v[:, index]
    wide = torch.float64
    scores = (q.to(wide) @ k.to(wide).transpose(-1, -2)) / q.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        mask = mask.expand(scores.shape)
        bias = torch.zeros(scores.shape, dtype=wide, device=q.device)
        bias = bias.masked_fill(~mask, float("-inf"))
        weights = torch.nan_to_num((scores + bias).softmax(-1), nan=0.0)
    output = weights @ v.to(wide)
    return output.to(q.dtype), weights.to(q.dtype)

# %% wrong | root-of-e | Divides by the root of the width of the values
import torch


def grouped_query_attention(q, k, v, mask=None):
    h, g = q.shape[1], k.shape[1]
    if h % g:
        raise ValueError("H must be a multiple of G")
    index = torch.arange(h, device=q.device) // (h // g)
    k, v = k[:, index], v[:, index]
    wide = torch.float64
    scores = (q.to(wide) @ k.to(wide).transpose(-1, -2)) / v.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        mask = mask.expand(scores.shape)
        weights = scores.masked_fill(~mask, -1e30).softmax(-1)
        weights = weights.masked_fill(~mask, 0.0)
    output = weights @ v.to(wide)
    return output.to(q.dtype), weights.to(q.dtype)

# %% wrong | first-head-mask | The mask of the first head is used for all heads
import torch


def grouped_query_attention(q, k, v, mask=None):
    h, g = q.shape[1], k.shape[1]
    if h % g:
        raise ValueError("H must be a multiple of G")
    index = torch.arange(h, device=q.device) // (h // g)
    k, v = k[:, index], v[:, index]
    wide = torch.float64
    scores = (q.to(wide) @ k.to(wide).transpose(-1, -2)) / q.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        mask = mask.expand(scores.shape)[:, :1].expand(scores.shape)
        weights = scores.masked_fill(~mask, -1e30).softmax(-1)
        weights = weights.masked_fill(~mask, 0.0)
    output = weights @ v.to(wide)
    return output.to(q.dtype), weights.to(q.dtype)

# %% wrong | divided-by-groups | The key head is h // G in place of h // (H / G), cut off at the last one
import torch


def grouped_query_attention(q, k, v, mask=None):
    h, g = q.shape[1], k.shape[1]
    if h % g:
        raise ValueError("H must be a multiple of G")
    index = torch.arange(h, device=q.device) // g
    index = index.clamp(max=g - 1)
    k, v = k[:, index], v[:, index]
    wide = torch.float64
    scores = (q.to(wide) @ k.to(wide).transpose(-1, -2)) / q.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        mask = mask.expand(scores.shape)
        weights = scores.masked_fill(~mask, -1e30).softmax(-1)
        weights = weights.masked_fill(~mask, 0.0)
    output = weights @ v.to(wide)
    return output.to(q.dtype), weights.to(q.dtype)

# %% wrong | output-before-zero | The output is computed before the weights of rows that allow nothing become 0
import torch


def grouped_query_attention(q, k, v, mask=None):
    h, g = q.shape[1], k.shape[1]
    if h % g:
        raise ValueError("H must be a multiple of G")
    index = torch.arange(h, device=q.device) // (h // g)
    k, v = k[:, index], v[:, index]
    wide = torch.float64
    scores = (q.to(wide) @ k.to(wide).transpose(-1, -2)) / q.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        mask = mask.expand(scores.shape)
        weights = scores.masked_fill(~mask, -1e30).softmax(-1)
    output = weights @ v.to(wide)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return output.to(q.dtype), weights.to(q.dtype)

# %% wrong | outputs-merged | The heads of the output are merged: (B, T, H·e) instead of (B, H, T, e)
import torch


def grouped_query_attention(q, k, v, mask=None):
    h, g = q.shape[1], k.shape[1]
    if h % g:
        raise ValueError("H must be a multiple of G")
    index = torch.arange(h, device=q.device) // (h // g)
    k, v = k[:, index], v[:, index]
    wide = torch.float64
    scores = (q.to(wide) @ k.to(wide).transpose(-1, -2)) / q.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        mask = mask.expand(scores.shape)
        weights = scores.masked_fill(~mask, -1e30).softmax(-1)
        weights = weights.masked_fill(~mask, 0.0)
    output = (weights @ v.to(wide)).transpose(1, 2).flatten(2)
    return output.to(q.dtype), weights.to(q.dtype)
