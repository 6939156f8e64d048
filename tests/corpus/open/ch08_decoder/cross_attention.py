# %% wrong | values-of-x | keys and values are made of x (stub: two linear maps of the memory)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(x))
        v = self.split(self.w_v(x))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | no-scale | scores are not divided by the root of d (stub: softmax(q k^T / √d) v)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | scale-of-d-model | divides by the root of D, not of d (stub: d = d_model / n_heads)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(x.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | softmax-over-queries | normalises the columns (stub: every row sums to 1)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-2)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | mask-inverted | True hides, as in key_padding_mask (stub: True where a query may attend)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | nan-on-empty-rows | -inf with nothing behind, so a row that allows nothing is NaN (stub: a head contributes 0)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, -math.inf)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights * memory_mask
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | nan-to-num | repairs the NaN of empty rows after the softmax, so the weights are right and the gradients of scores stay NaN (stub: finite also where a row allows nothing)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            bias = torch.zeros(memory_mask.shape, dtype=x.dtype, device=x.device)
            scores = scores + bias.masked_fill(~memory_mask, -math.inf)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = torch.nan_to_num(weights)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | memory-detached | detaches the memory (stub: gradients reach memory)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        memory = memory.detach()
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% wrong | heads-not-swapped-back | flattens (B, H, T, d) into (B, T, D) without swapping (stub: side by side again, head 0 first)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.reshape(x.shape)), weights

# %% wrong | empty-row-uniform | a row that allows nothing is spread evenly, since the finite fill is all that hides (stub: it is all 0)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% right | methods | unflatten, a finite fill, zeros after the softmax
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError("d_model is not a multiple of n_heads")
        self.h = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            scores = scores.masked_fill(~memory_mask, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(~memory_mask, 0.0)
        heads = weights @ v
        return self.w_o(heads.transpose(1, 2).flatten(2)), weights

# %% right | einsum-float64 | einsum, softmax by hand in float64
import torch
from torch import nn


class CrossAttention(nn.Module):
    """einsum, and a softmax written out over what is allowed."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError(f"{d_model} is not a multiple of {n_heads}")
        self.n_heads, self.d = n_heads, d_model // n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, memory, memory_mask=None):
        B, T, D = x.shape
        S = memory.shape[1]
        q = self.w_q(x).reshape(B, T, self.n_heads, self.d)
        k = self.w_k(memory).reshape(B, S, self.n_heads, self.d)
        v = self.w_v(memory).reshape(B, S, self.n_heads, self.d)
        e = torch.einsum("bthd,bshd->bhts", q * self.d ** -0.5, k).to(torch.float64)
        if memory_mask is None:
            memory_mask = torch.ones(T, S, dtype=torch.bool, device=x.device)
        e = torch.where(memory_mask, e, torch.full_like(e, -1e300))
        e = e - e.amax(-1, keepdim=True).detach()
        p = torch.where(memory_mask, e.exp(), torch.zeros_like(e))
        total = p.sum(-1, keepdim=True)
        weights = (p / torch.where(total > 0, total, torch.ones_like(total))).to(x.dtype)
        out = torch.einsum("bhts,bshd->bthd", weights, v).reshape(B, T, D)
        return self.w_o(out), weights

# %% right | loop-over-heads | a loop over heads, verbose student code
import math

import torch
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("width and heads do not fit")
        self.n_heads = n_heads
        self.head_width = d_model // n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x, memory, memory_mask=None):
        batch, T, _ = x.shape
        S = memory.shape[1]
        queries, keys, values = self.w_q(x), self.w_k(memory), self.w_v(memory)
        allowed = None
        if memory_mask is not None:
            allowed = memory_mask.expand(batch, self.n_heads, T, S)
        results, all_weights = [], []
        for h in range(self.n_heads):
            part = slice(h * self.head_width, (h + 1) * self.head_width)
            score = torch.bmm(queries[..., part], keys[..., part].transpose(1, 2))
            score = score / math.sqrt(self.head_width)
            if allowed is not None:
                ok = allowed[:, h]
                nothing = ~ok.any(dim=-1, keepdim=True)
                score = score.masked_fill(~(ok | nothing), float("-inf"))
            weight = torch.softmax(score, dim=-1)
            if allowed is not None:
                weight = weight.masked_fill(nothing, 0)
            results.append(torch.bmm(weight, values[..., part]))
            all_weights.append(weight)
        return self.w_o(torch.cat(results, dim=-1)), torch.stack(all_weights, dim=1)

# %% right | additive-bias | additive bias of -inf only in rows with something to see
import math
import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        if d_model % n_heads:
            raise ValueError("d_model must be a multiple of n_heads")
        super().__init__()
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))
        self.n_heads = n_heads

    def forward(self, x, memory, memory_mask=None):
        heads = lambda y: y.view(y.size(0), y.size(1), self.n_heads, -1).permute(0, 2, 1, 3)
        q, k, v = heads(self.w_q(x)), heads(self.w_k(memory)), heads(self.w_v(memory))
        e = torch.matmul(q, k.transpose(-2, -1)).div(math.sqrt(k.size(-1)))
        if memory_mask is None:
            w = e.softmax(-1)
        else:
            empty = ~memory_mask.any(-1, keepdim=True)
            bias = torch.zeros(memory_mask.shape, dtype=x.dtype, device=x.device)
            bias = bias.masked_fill(~memory_mask & ~empty, -math.inf)
            w = (e + bias).softmax(-1) * (~empty).to(x.dtype)
        y = torch.matmul(w, v).permute(0, 2, 1, 3).contiguous().view(x.shape)
        return self.w_o(y), w

# %% wrong | keys-and-values-swapped | compares the queries with the values and averages the keys (stub: softmax(q kᵀ / √d) v)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model is not a multiple of n_heads")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ v.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            hidden = ~memory_mask
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(hidden, 0.0)
        output = self.w_o((weights @ k).transpose(1, 2).flatten(2))
        return output, weights

# %% wrong | weights-averaged | returns the mean over the heads, as torch's own module does (stub: weights (B, H, T, S), of each head)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model is not a multiple of n_heads")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            hidden = ~memory_mask
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(hidden, 0.0)
        output = self.w_o((weights @ v).transpose(1, 2).flatten(2))
        return output, weights.mean(dim=1)

# %% wrong | assert-for-the-check | asserts instead of raising a ValueError (stub: ValueError)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        assert d_model % n_heads == 0, "d_model is not a multiple of n_heads"
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            hidden = ~memory_mask
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(hidden, 0.0)
        output = self.w_o((weights @ v).transpose(1, 2).flatten(2))
        return output, weights

# %% wrong | empty-token-loses-the-bias | sets the output of tokens that see nothing to 0 behind w_o (stub: its output is the bias of w_o alone)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model is not a multiple of n_heads")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            hidden = ~memory_mask
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(hidden, 0.0)
        output = self.w_o((weights @ v).transpose(1, 2).flatten(2))
        if memory_mask is not None:
            sees = memory_mask.broadcast_to(weights.shape).any(dim=-1).any(dim=1)
            output = output * sees[..., None]
        return output, weights

# %% wrong | two-dimensions-as-padding | takes every mask of two dimensions for (B, S) (stub: any shape that broadcasts to (B, H, T, S), such as (T, S))
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model is not a multiple of n_heads")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            if memory_mask.dim() == 2:
                memory_mask = memory_mask[:, None, None, :]
            hidden = ~memory_mask
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(hidden, 0.0)
        output = self.w_o((weights @ v).transpose(1, 2).flatten(2))
        return output, weights

# %% wrong | mask-turned-in-place | turns the caller's mask in place (stub: it is not changed)
import math

import torch
import torch.nn.functional as F
from torch import nn


class CrossAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        if d_model % n_heads != 0:
            raise ValueError("d_model is not a multiple of n_heads")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def split(self, y):
        return y.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, memory, memory_mask=None):
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(memory))
        v = self.split(self.w_v(memory))
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if memory_mask is not None:
            hidden = memory_mask.logical_not_()
            scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        if memory_mask is not None:
            weights = weights.masked_fill(hidden, 0.0)
        output = self.w_o((weights @ v).transpose(1, 2).flatten(2))
        return output, weights
