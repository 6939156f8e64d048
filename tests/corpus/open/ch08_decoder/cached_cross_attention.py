# %% wrong | weights-not-transposed | keys and values are memory W (stub: memory W_kᵀ and memory W_vᵀ)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k), cut(memory @ w_v)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | no-scale | scores are not divided by the root of d (stub: softmax(q kᵀ / √d) v)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | sources-in-turn | repeats the whole batch K times, so rows take sources in turn (stub: the first K belong to source 0)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    rows, T, D = x.shape
    B, H, S, d = k.shape
    K, rest = divmod(rows, B)
    if rest:
        raise ValueError(f"{rows} rows for {B} sources")
    k = k.repeat(K, 1, 1, 1)
    v = v.repeat(K, 1, 1, 1)
    q = F.linear(x, w_q).reshape(rows, T, H, d).transpose(1, 2)
    if memory_mask is None:
        y = F.scaled_dot_product_attention(q, k, v)
    else:
        mask = memory_mask.repeat(K, 1, 1, 1)
        empty = ~mask.any(-1, keepdim=True)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask | empty)
        y = y.masked_fill(empty, 0.0)
    return F.linear(y.transpose(1, 2).reshape(rows, T, D), w_o)

# %% wrong | output-not-transposed | multiplies by W_o as it is (stub: multiplied by W_oᵀ)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o).reshape(x.shape)

# %% wrong | mask-ignored | takes the mask and never uses it (stub: True where the token of the memory is real)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if False:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if False:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | mask-inverted | True hides (stub: True where the token of the memory is real)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | first-source-for-all | every row reads the keys and values of source 0 (stub: all K rows of a source use its own)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    rows, T, D = x.shape
    B, H, S, d = k.shape
    K, rest = divmod(rows, B)
    if rest:
        raise ValueError(f"{rows} rows for {B} sources")
    k = k[:1].expand(rows, -1, -1, -1)
    v = v[:1].expand(rows, -1, -1, -1)
    q = F.linear(x, w_q).reshape(rows, T, H, d).transpose(1, 2)
    if memory_mask is None:
        y = F.scaled_dot_product_attention(q, k, v)
    else:
        mask = memory_mask.repeat_interleave(K, dim=0)
        empty = ~mask.any(-1, keepdim=True)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask | empty)
        y = y.masked_fill(empty, 0.0)
    return F.linear(y.transpose(1, 2).reshape(rows, T, D), w_o)

# %% wrong | cache-detached | the kept keys and values leave autograd (stub: gradients reach all of them)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T).detach(), cut(memory @ w_v.T).detach()


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | no-check-of-rows | rows beyond the last full group are cut off without a word (stub: ValueError)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    rows, T, D = x.shape
    B, H, S, d = k.shape
    K, rest = divmod(rows, B)
    x, rows = x[: K * B], K * B
    k = k.repeat_interleave(K, dim=0)
    v = v.repeat_interleave(K, dim=0)
    q = F.linear(x, w_q).reshape(rows, T, H, d).transpose(1, 2)
    if memory_mask is None:
        y = F.scaled_dot_product_attention(q, k, v)
    else:
        mask = memory_mask.repeat_interleave(K, dim=0)
        empty = ~mask.any(-1, keepdim=True)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask | empty)
        y = y.masked_fill(empty, 0.0)
    return F.linear(y.transpose(1, 2).reshape(rows, T, D), w_o)

# %% wrong | empty-row-average | a source with no real token gives the mean of the values (stub: where the mask allows nothing, it is 0)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% right | one-long-row | K rows joined to one row of K·T queries
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% right | repeat-interleave | copies of keys, fused attention
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    rows, T, D = x.shape
    B, H, S, d = k.shape
    K, rest = divmod(rows, B)
    if rest:
        raise ValueError(f"{rows} rows for {B} sources")
    k = k.repeat_interleave(K, dim=0)
    v = v.repeat_interleave(K, dim=0)
    q = F.linear(x, w_q).reshape(rows, T, H, d).transpose(1, 2)
    if memory_mask is None:
        y = F.scaled_dot_product_attention(q, k, v)
    else:
        mask = memory_mask.repeat_interleave(K, dim=0)
        empty = ~mask.any(-1, keepdim=True)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask | empty)
        y = y.masked_fill(empty, 0.0)
    return F.linear(y.transpose(1, 2).reshape(rows, T, D), w_o)

# %% right | loops | a loop over rows and heads
import torch


def project_memory(memory, w_k, w_v, n_heads):
    D = memory.shape[2]
    if D % n_heads:
        raise ValueError("heads")
    d = D // n_heads
    keys = [memory @ w_k[h * d:(h + 1) * d].T for h in range(n_heads)]
    values = [memory @ w_v[h * d:(h + 1) * d].T for h in range(n_heads)]
    return torch.stack(keys, dim=1), torch.stack(values, dim=1)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B:
        raise ValueError("rows")
    K = x.shape[0] // B
    result = []
    for row in range(x.shape[0]):
        b = row // K
        heads = []
        for h in range(H):
            q = x[row] @ w_q[h * d:(h + 1) * d].T
            e = q @ k[b, h].T / d ** 0.5
            if memory_mask is not None:
                real = memory_mask[b, 0, 0]
                if not real.any():
                    heads.append((e * 0) @ v[b, h])
                    continue
                e = e.masked_fill(~real, float("-inf"))
            heads.append(torch.softmax(e, dim=-1) @ v[b, h])
        result.append(torch.cat(heads, dim=-1) @ w_o.T)
    return torch.stack(result)

# %% right | einsum-beams | einsum with an axis for beams, float64 inside
import torch


def project_memory(memory: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor, n_heads: int):
    outputs = w_k.shape[0]
    if outputs % n_heads:
        raise ValueError("w_k does not fit n_heads")
    d = outputs // n_heads
    k = torch.einsum("bsi,hdi->bhsd", memory, w_k.reshape(n_heads, d, -1))
    v = torch.einsum("bsi,hdi->bhsd", memory, w_v.reshape(n_heads, d, -1))
    return k, v


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    N, T, D = x.shape
    if N % B:
        raise ValueError("N is not a multiple of B")
    beams = x.reshape(B, N // B, T, D)
    q = torch.einsum("bnti,hdi->bnhtd", beams, w_q.reshape(H, d, D)).double()
    e = torch.einsum("bnhtd,bhsd->bnhts", q / d ** 0.5, k.double())
    if memory_mask is not None:
        mask = memory_mask[:, None]
        some = mask.any(-1, keepdim=True)
        e = e.masked_fill(~mask & some, float("-inf"))
        a = torch.where(some, e.softmax(-1), torch.zeros_like(e))
    else:
        a = e.softmax(-1)
    y = torch.einsum("bnhts,bhsd->bnthd", a, v.double()).to(x.dtype)
    return torch.einsum("bnthd,ohd->bnto", y, w_o.reshape(D, H, d)).reshape(N, T, D)

# %% wrong | assert-for-the-check | asserts in project_memory instead of raising a ValueError (stub: ValueError)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    assert memory.shape[-1] % n_heads == 0, "D is not a multiple of n_heads"

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | softmax-over-heads | the softmax goes over the heads (stub: every head computes softmax(q kᵀ / √d) v)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | kept-by-identity | gives the old keys and values when the same memory comes again, though its numbers or the weights have changed (stub: keys are memory W_kᵀ and values are memory W_vᵀ)
import math

import torch
import torch.nn.functional as F


_kept = {}


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    if _kept.get("memory") is not memory or _kept.get("n_heads") != n_heads:
        _kept.update(memory=memory, n_heads=n_heads, k=cut(memory @ w_k.T), v=cut(memory @ w_v.T))
    return _kept["k"], _kept["v"]


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | scales-the-cache-in-place | divides the kept keys in place, so they shrink with every call (stub: no argument is changed)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    k.div_(math.sqrt(d))
    scores = q @ k.mT
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)

# %% wrong | mask-in-turn | repeats keys row by row but the mask as a whole batch (stub: it holds for all rows of a source)
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")
    k = (memory @ w_k.T).unflatten(-1, (n_heads, -1)).transpose(1, 2)
    v = (memory @ w_v.T).unflatten(-1, (n_heads, -1)).transpose(1, 2)
    return k, v


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    beams = x.shape[0] // B
    k = k.repeat_interleave(beams, dim=0)
    v = v.repeat_interleave(beams, dim=0)
    q = (x @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        memory_mask = memory_mask.repeat(beams, 1, 1, 1)
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    return (weights @ v).transpose(1, 2).flatten(2) @ w_o.T

# %% wrong | last-token-alone | computes only the last token of each row, as in a decoding step (stub: one at a time, some, or all T at once; the result is (B·K, T, D))
import math

import torch
import torch.nn.functional as F


def project_memory(memory, w_k, w_v, n_heads):
    if memory.shape[-1] % n_heads != 0:
        raise ValueError("D is not a multiple of n_heads")

    def cut(y):
        return y.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    return cut(memory @ w_k.T), cut(memory @ w_v.T)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, S, d = k.shape
    if x.shape[0] % B != 0:
        raise ValueError("rows of x are not a multiple of B")
    x = x[:, -1:]
    q = (x.reshape(B, -1, H * d) @ w_q.T).unflatten(-1, (H, d)).transpose(1, 2)
    scores = q @ k.mT / math.sqrt(d)
    if memory_mask is not None:
        scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    if memory_mask is not None:
        weights = weights.masked_fill(~memory_mask, 0.0)
    heads = (weights @ v).transpose(1, 2).flatten(2)
    return (heads @ w_o.T).reshape(x.shape)
