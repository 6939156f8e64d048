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
