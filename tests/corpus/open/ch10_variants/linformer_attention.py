# %% right | matmul | mix first, then plain matmul attention
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    return torch.softmax(scores, dim=-1) @ values

# %% right | einsum | einsum with an ellipsis
import torch


def linformer_attention(q, k, v, e, f):
    d = q.shape[-1]
    mixed_k = torch.einsum("rs,...sd->...rd", e, k)
    mixed_v = torch.einsum("rs,...sd->...rd", f, v)
    scores = torch.einsum("...td,...rd->...tr", q, mixed_k) * d**-0.5
    weights = scores.softmax(-1)
    return torch.einsum("...tr,...rd->...td", weights, mixed_v)

# %% right | features-by-positions | works on transposed keys, exponentials by hand with the maximum taken off
import math

import torch


def linformer_attention(q, k, v, e, f):
    # (..., d, S) @ (S, r) -> (..., d, r)
    k_mix_t = k.transpose(-1, -2) @ e.t()
    v_mix = (v.transpose(-1, -2) @ f.t()).transpose(-1, -2)
    s = (q / math.sqrt(q.size(-1))) @ k_mix_t
    s = s - s.max(dim=-1, keepdim=True).values
    w = torch.exp(s)
    total = w.sum(dim=-1, keepdim=True)
    return (w @ v_mix) / total

# %% right | linear-and-log-softmax | F.linear as the mixing, log_softmax and exp
import torch
from torch.nn import functional as F


def linformer_attention(q, k, v, e, f):
    def mix(matrix, rows):
        return F.linear(rows.mT, matrix).mT

    root = torch.tensor(float(q.size(-1)), dtype=q.dtype, device=q.device).sqrt()
    log_weights = F.log_softmax(torch.matmul(q, mix(e, k).mT) / root, dim=-1)
    return torch.matmul(log_weights.exp(), mix(f, v))

# %% wrong | no-scale | the scores are not divided by the root of d
import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1)
    return torch.softmax(scores, dim=-1) @ values

# %% wrong | root-of-r | the scores are divided by the root of r, the number of mixtures, and not of d
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(e.size(0))
    return torch.softmax(scores, dim=-1) @ values

# %% wrong | values-mixed-with-e | both keys and values are mixed with e; f is never used and gets no gradient
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = e @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    return torch.softmax(scores, dim=-1) @ values

# %% wrong | softmax-over-queries | the softmax runs over the T queries and not over the r mixtures
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    return torch.softmax(scores, dim=-2) @ values

# %% wrong | weights-mixed | an ordinary softmax over the S positions whose weights are mixed with E afterwards, and a T by S table on the way
import math

import torch


def linformer_attention(q, k, v, e, f):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    weights = scores.softmax(dim=-1)          # (..., T, S)
    weights = weights @ e.transpose(0, 1)     # (..., T, r)
    return weights @ (f @ v)

# %% wrong | scores-mixed | the right numbers, but q kᵀ with T times S entries is made before E takes it down to r
import math

import torch


def linformer_attention(q, k, v, e, f):
    scores = q @ k.transpose(-2, -1)
    scores = scores @ e.transpose(-2, -1) / math.sqrt(q.size(-1))
    return scores.softmax(-1) @ (f @ v)

# %% wrong | exp-unshielded | the softmax takes the exponential of the scores as they are, which overflows for scores of some hundreds
import torch


def linformer_attention(q, k, v, e, f):
    scores = q @ (e @ k).mT * q.size(-1) ** -0.5
    w = torch.exp(scores)
    w = w / w.sum(-1, keepdim=True)
    return w @ (f @ v)

# %% wrong | one-batch-axis | the einsums want exactly one leading dimension; none, or two of them, is an error
import math

import torch


def linformer_attention(q, k, v, e, f):
    k2 = torch.einsum("rs,bsd->brd", e, k)
    v2 = torch.einsum("rs,bsd->brd", f, v)
    w = torch.einsum("btd,brd->btr", q, k2).div(math.sqrt(q.shape[-1])).softmax(-1)
    return torch.einsum("btr,brd->btd", w, v2)

# %% wrong | mixtures-made-convex | a softmax is run over each row of e and f first, though they are the weights themselves and may have any sign
import torch


def linformer_attention(q, k, v, e, f):
    e = e.softmax(dim=-1)
    f = f.softmax(dim=-1)
    d = q.shape[-1]
    mixed_k = torch.einsum("rs,...sd->...rd", e, k)
    mixed_v = torch.einsum("rs,...sd->...rd", f, v)
    scores = torch.einsum("...td,...rd->...tr", q, mixed_k) * d**-0.5
    weights = scores.softmax(-1)
    return torch.einsum("...tr,...rd->...td", weights, mixed_v)

# %% wrong | matrices-transposed | takes e and f for (S, r), so it only runs where r is S, and is wrong there
import math

import torch


def linformer_attention(q, k, v, e, f):
    keys = k.transpose(-2, -1) @ e            # (..., d, r)
    values = f.transpose(-2, -1) @ v          # (..., r, d_v)
    attention = torch.softmax(q @ keys / math.sqrt(q.size(-1)), -1)
    return attention @ values

# %% wrong | divided-by-d | the scores are divided by d itself and not by its root
import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1) / q.size(-1)
    return torch.softmax(scores, dim=-1) @ values

# %% wrong | matrices-swapped | the keys are mixed with f and the values with e
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = f @ k
    values = e @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    return torch.softmax(scores, dim=-1) @ values

# %% wrong | mixtures-masked | a causal triangle hides the mixtures after t from query t, though the stub says that there is no mask
import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    keys = e @ k
    values = f @ v
    scores = q @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
    scores = scores.masked_fill(~seen, -math.inf)
    return torch.softmax(scores, dim=-1) @ values

# %% wrong | scores-clamped | the scores are clamped to at most 80 in size so that exp cannot overflow, though they may have any size up to 10000
import torch


def linformer_attention(q, k, v, e, f):
    s = torch.einsum("...td,...rd->...tr", q, e @ k) / q.shape[-1] ** 0.5
    w = s.clamp(-80, 80).exp()
    return torch.einsum("...tr,...rv->...tv", w, f @ v) / w.sum(-1, keepdim=True)

# %% wrong | float32-buffer | the rows are written into a buffer of the default dtype, so float64 comes back as float32
import math

import torch


def linformer_attention(q, k, v, e, f):
    keys, values = e @ k, f @ v
    out = torch.zeros(q.shape[:-1] + v.shape[-1:])
    for t in range(q.size(-2)):
        row = q[..., t : t + 1, :] @ keys.transpose(-2, -1) / math.sqrt(q.size(-1))
        out[..., t : t + 1, :] = torch.softmax(row, dim=-1) @ values
    return out

# %% wrong | flattened-with-view | the leading dimensions are flattened with view, which fails for tensors that are not contiguous
import math

import torch


def linformer_attention(q, k, v, e, f):
    lead = q.shape[:-2]
    q = q.view(-1, q.size(-2), q.size(-1))
    k = k.view(-1, k.size(-2), k.size(-1))
    v = v.view(-1, v.size(-2), v.size(-1))
    scores = torch.matmul(q, torch.matmul(e, k).transpose(1, 2)) / math.sqrt(q.size(-1))
    out = torch.matmul(scores.softmax(-1), torch.matmul(f, v))
    return out.view(*lead, out.size(-2), out.size(-1))
