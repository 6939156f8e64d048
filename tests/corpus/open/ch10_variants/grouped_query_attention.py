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
