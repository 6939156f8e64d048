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

# %% wrong | x-as-often-as-groups | repeats each key head G times and not H/G times, which is the same only where H = G²
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    H, G = q.size(1), k.size(1)
    if H % G:
        raise ValueError("H must be a multiple of G")
    k = k.repeat_interleave(G, dim=1)
    v = v.repeat_interleave(G, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v, weights


# %% wrong | x-root-of-the-value-width | divides the scores by √e, the width of the values, not by √d
import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    B, H, T, _ = q.shape
    G, d = v.shape[1], v.shape[-1]
    if H % G != 0:
        raise ValueError(f"{H} query heads cannot share {G} key heads")
    k = k.repeat_interleave(H // G, dim=1)
    v = v.repeat_interleave(H // G, dim=1)
    scores = (q @ k.transpose(-1, -2)) / math.sqrt(d)
    if mask is None:
        weights = scores.softmax(-1)
    else:
        weights = scores.masked_fill(~mask, torch.finfo(q.dtype).min).softmax(-1)
        weights = weights.masked_fill(~mask, 0)
    return weights @ v, weights


# %% wrong | x-masked-behind-the-softmax | forbidden weights are set to 0 after the softmax only, so the others no longer sum to 1
import torch


def grouped_query_attention(q, k, v, mask=None):
    H, G = q.shape[1], k.shape[1]
    if H % G:
        raise ValueError("number of query heads")
    keys = k.repeat_interleave(H // G, 1)
    values = v.repeat_interleave(H // G, 1)
    weights = torch.softmax(q @ keys.mT * q.shape[-1] ** -0.5, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ values, weights


# %% wrong | x-mean-query-of-the-group | the queries of a group are averaged, and all its heads get the same attention
import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    H, G = q.size(1), k.size(1)
    if H % G != 0:
        raise ValueError("H is not a multiple of G")
    n = H // G
    shared = q.reshape(q.size(0), G, n, q.size(2), q.size(3)).mean(dim=2)  # (B, G, T, d)
    scores = shared @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    scores = scores.repeat_interleave(n, dim=1)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    return weights @ v.repeat_interleave(n, dim=1), weights


# %% wrong | x-minus-a-billion | fills with −1e9, a number that float16 does not have, so a masked call in float16 raises an error
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    if q.size(1) % k.size(1) != 0:
        raise ValueError("query heads must be a multiple of key heads")
    share = q.size(1) // k.size(1)
    k = torch.repeat_interleave(k, share, dim=1)
    v = torch.repeat_interleave(v, share, dim=1)
    scores = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(q.size(3))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = scores.softmax(dim=-1)
    if mask is not None:
        p_attn = p_attn.masked_fill(mask == 0, 0.0)
    return torch.matmul(p_attn, v), p_attn


# %% wrong | x-view-of-the-queries | splits the heads with view, which raises an error for queries that are not contiguous
import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    B, H, T, d = q.shape
    G, S, e = v.shape[1:]
    if H % G != 0:
        raise ValueError("H is not a multiple of G")
    q = q.view(B, G, H // G * T, d)
    scores = (q @ k.transpose(-2, -1) / math.sqrt(d)).view(B, H, T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    output = weights.view(B, G, H // G * T, S) @ v
    return output.view(B, H, T, e), weights


# %% wrong | x-true-means-hidden | True in the mask is taken as forbidden, as torch.nn.MultiheadAttention does
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    H, G = q.size(1), k.size(1)
    if H % G:
        raise ValueError("H % G != 0")
    k, v = (x.repeat_interleave(H // G, dim=1) for x in (k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(mask, 0)
    return weights @ v, weights


# %% wrong | x-nan-gradients | adds −inf and sweeps the NaN of an empty row from the results, but its gradients are NaN
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    H, G = q.shape[1], k.shape[1]
    if H % G != 0:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(H // G, dim=1)
    v = v.repeat_interleave(H // G, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        bias = torch.zeros(mask.shape, dtype=q.dtype, device=q.device)
        scores = scores + bias.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1).nan_to_num(0.0)
    return weights @ v, weights
