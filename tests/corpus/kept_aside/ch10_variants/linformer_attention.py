# %% right | library-attention | hands the mixtures to scaled_dot_product_attention
import torch
import torch.nn.functional as F


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    """Plain attention; only that keys and values are mixtures."""
    return F.scaled_dot_product_attention(q, torch.matmul(e, k), torch.matmul(f, v))

# %% right | row-by-row-in-double | flattened leading dimensions, one query at a time, float64 inside
import torch


def one_sequence(q, k, v, e, f):
    keys = torch.mm(e, k)
    values = torch.mm(f, v)
    rows = []
    for t in range(q.size(0)):
        s = (keys * q[t]).sum(-1) / q.size(-1) ** 0.5
        rows.append((s.softmax(0).unsqueeze(-1) * values).sum(0))
    return torch.stack(rows)


def linformer_attention(q, k, v, e, f):
    lead = q.shape[:-2]
    dtype = q.dtype
    q, k, v = (t.double().reshape(-1, *t.shape[-2:]) for t in (q, k, v))
    e, f = e.double(), f.double()
    out = torch.stack([one_sequence(a, b, c, e, f) for a, b, c in zip(q, k, v)])
    return out.reshape(*lead, *out.shape[-2:]).to(dtype)

# %% wrong | width-of-the-values | the divisor is the root of d_v; right only where d_v equals d
import torch


def linformer_attention(q, k, v, e, f):
    d = v.shape[-1]
    mixed_k = torch.einsum("rs,...sd->...rd", e, k)
    mixed_v = torch.einsum("rs,...sd->...rd", f, v)
    scores = torch.einsum("...td,...rd->...tr", q, mixed_k) * d**-0.5
    weights = scores.softmax(-1)
    return torch.einsum("...tr,...rd->...td", weights, mixed_v)

# %% wrong | query-scaled-in-place | q is divided in place, so the argument of the caller is changed
import torch


def linformer_attention(q, k, v, e, f):
    with torch.no_grad():
        q /= q.size(-1) ** 0.5
    return (q @ (e @ k).mT).softmax(dim=-1) @ (f @ v)

# %% wrong | float32-softmax | the softmax is always taken in float32, so float64 loses half its digits
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    return torch.softmax(scores.float(), dim=-1).to(v.dtype) @ values

# %% wrong | mixing-as-constant | e and f are treated as fixed, with detach, so that no gradient reaches them
import torch
import torch.nn.functional as F


def linformer_attention(q, k, v, e, f):
    e = e.detach()
    f = f.detach()
    keys, values = e @ k, f @ v
    att = F.softmax(q @ keys.transpose(-1, -2) / (keys.shape[-1] ** 0.5), dim=-1)
    return att @ values

# %% wrong | x-one-matrix-for-both | mixes the values with e as well, as Linformer's shared projections do, and never uses f
import math

import torch


def linformer_attention(q, k, v, e, f):
    keys = e @ k
    values = e @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    return scores.softmax(dim=-1) @ values


# %% wrong | x-one-maximum-for-all | subtracts the largest score of all queries, so the exponentials of a query far below are all 0
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    scores = torch.matmul(q, torch.matmul(e, k).transpose(-2, -1)) / math.sqrt(q.shape[-1])
    weights = torch.exp(scores - scores.max())
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return torch.matmul(weights, torch.matmul(f, v))
