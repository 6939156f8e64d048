# %% wrong | mask-ignored | The mask is applied after the softmax only, so rows do not sum to 1
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
        pass
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | root-of-s | Divides by the root of the number of keys
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    n, g = q.shape[1], k.shape[1]
    if n % g:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(n // g, dim=1)
    v = v.repeat_interleave(n // g, dim=1)
    s = q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2])
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    w = s.softmax(dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0.0)
    return w @ v, w

# %% wrong | weights-of-groups | Weights are averaged over each group: (B, G, T, S)
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
    return w @ v, w.unflatten(1, (g, -1)).mean(2)

# %% wrong | float-result | Half precision comes back as float32
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
    return w.float() @ v.float(), w.float()

# %% right | five-axes | Queries get an axis for the members
import torch


def grouped_query_attention(q, k, v, mask=None):
    b, h, t, d = q.shape
    g = k.size(1)
    if h % g != 0:
        raise ValueError("heads")
    s = (q.reshape(b, g, h // g, t, d) @ k.unsqueeze(2).mT * d**-0.5).flatten(1, 2)
    if mask is None:
        mask = torch.ones((), dtype=torch.bool, device=q.device)
    w = s.where(mask, torch.finfo(s.dtype).min).softmax(-1).where(mask, 0.0)
    out = w.reshape(b, g, h // g, t, -1) @ v.unsqueeze(2)
    return out.flatten(1, 2), w

# %% right | head-loop | A loop over the heads, stacked
import torch


def grouped_query_attention(q, k, v, mask=None):
    heads, groups = q.size(1), k.size(1)
    if heads % groups:
        raise ValueError("H must be a multiple of G")
    allowed = torch.ones(1, 1, 1, 1, dtype=torch.bool, device=q.device) if mask is None else mask
    allowed = allowed.expand(q.size(0), heads, q.size(2), k.size(2))
    outs, ws = [], []
    for h in range(heads):
        kv = h // (heads // groups)
        s = torch.bmm(q[:, h] * q.size(-1) ** -0.5, k[:, kv].transpose(1, 2))
        s = s.masked_fill(~allowed[:, h], torch.finfo(s.dtype).min)
        w = torch.softmax(s, -1) * allowed[:, h]
        ws.append(w)
        outs.append(torch.bmm(w, v[:, kv]))
    return torch.stack(outs, 1), torch.stack(ws, 1)

# %% wrong | x-results-in-another-order | the weights are right, but the outputs come back member by member, so head h's output stands elsewhere
import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    B, H, T, d = q.shape
    G, S, e = v.shape[1:]
    if H % G:
        raise ValueError("H is not a multiple of G")
    grouped = q.reshape(B, G, H // G, T, d)
    scores = torch.einsum("bgntd,bgsd->bgnts", grouped, k) / math.sqrt(d)
    scores = scores.reshape(B, H, T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    output = torch.einsum("bgnts,bgse->bngte", weights.reshape(B, G, H // G, T, S), v)
    return output.reshape(B, H, T, e), weights


# %% wrong | x-whatever-error-comes | nothing is checked; H that is no multiple of G ends in a RuntimeError of shapes
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    share = q.size(1) // k.size(1)
    k = k.repeat_interleave(share, dim=1)
    v = v.repeat_interleave(share, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is None:
        mask = torch.ones((), dtype=torch.bool, device=q.device)
    scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1).masked_fill(~mask, 0)
    return weights @ v, weights


# %% wrong | x-query-scaled-in-place | q /= √d changes the caller's queries, and is an error for a leaf that wants gradients
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    H, G = q.size(1), k.size(1)
    if H % G != 0:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(H // G, dim=1)
    v = v.repeat_interleave(H // G, dim=1)
    q /= math.sqrt(q.size(-1))
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    return weights @ v, weights


# %% wrong | x-axis-for-the-mask | the mask gets an axis at place 2 for the members of a group, which suits (B, 1, 1, S) only
import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    B, H, T, d = q.shape
    G, S = k.shape[1:3]
    if H % G:
        raise ValueError("heads do not divide")
    q = q.reshape(B, G, H // G, T, d)
    scores = q @ k[:, :, None].transpose(-2, -1) / math.sqrt(d)  # (B, G, H/G, T, S)
    if mask is not None:
        mask = mask.unsqueeze(2)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    output = weights @ v[:, :, None]
    return output.flatten(1, 2), weights.flatten(1, 2)


# %% right | x-head-after-head | a loop over the query heads, each with exponentials of its own, empty rows divided by 1
import torch


def grouped_query_attention(q, k, v, mask=None):
    B, H, T, d = q.shape
    G, S = k.shape[1], k.shape[2]
    if H % G:
        raise ValueError(f"{H} is not a multiple of {G}")
    if mask is None:
        allowed = torch.ones(B, H, T, S, dtype=torch.bool, device=q.device)
    else:
        allowed = mask.expand(B, H, T, S)
    wide = torch.float64 if q.dtype == torch.float64 else torch.float32
    outputs, tables = [], []
    for h in range(H):
        g = h // (H // G)
        may = allowed[:, h]
        s = torch.einsum("btd,bsd->bts", q[:, h].to(wide), k[:, g].to(wide)) / d**0.5
        s = torch.where(may, s, torch.finfo(wide).min)
        e = (s - s.detach().amax(dim=-1, keepdim=True)).exp() * may
        total = e.sum(dim=-1, keepdim=True)
        w = e / torch.where(total == 0, torch.ones_like(total), total)
        tables.append(w.to(q.dtype))
        outputs.append(torch.einsum("bts,bse->bte", w, v[:, g].to(wide)).to(q.dtype))
    return torch.stack(outputs, dim=1), torch.stack(tables, dim=1)

# %% wrong | x-constant-lost-in-half | adds 1e-9 to the sum of an empty row, which is 0 in float16, and 0/0 is NaN
import math

import torch


def grouped_query_attention(q, k, v, mask=None):
    H, G = q.size(1), k.size(1)
    if H % G:
        raise ValueError("H is not a multiple of G")
    k = k.repeat_interleave(H // G, dim=1)
    v = v.repeat_interleave(H // G, dim=1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    if mask is not None:
        e = e * mask
    weights = e / (e.sum(dim=-1, keepdim=True) + 1e-9)
    return weights @ v, weights


# %% wrong | x-groups-of-uneven-size | heads are dealt out as evenly as they go, and no ValueError is raised for H that is no multiple of G
import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    H, G = q.shape[1], k.shape[1]
    if G > H:
        raise ValueError("more key heads than query heads")
    group = torch.arange(H, device=q.device) * G // H
    scores = q @ k[:, group].transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        hidden = ~mask
        weights = scores.masked_fill(hidden, torch.finfo(q.dtype).min).softmax(dim=-1)
        weights = weights.masked_fill(hidden, 0)
    return weights @ v[:, group], weights
