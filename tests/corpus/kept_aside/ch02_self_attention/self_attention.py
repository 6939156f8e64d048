# %% wrong | mask-remembered | stores the mask and goes on using it in later calls without a mask
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)
        self.last_mask = None

    def forward(self, x, mask=None):
        if mask is not None:
            self.last_mask = mask
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if self.last_mask is not None:
            scores = scores.masked_fill(~self.last_mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1)
        if self.last_mask is not None:
            weights = weights.masked_fill(~self.last_mask, 0.0)
        return weights @ v, weights

# %% wrong | output-zeroed-only | zeroes the output of rows without an allowed position but leaves their weights uniform
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)
        self.d_k = d_k

    def forward(self, x, mask=None):
        scores = self.query(x) @ self.key(x).transpose(1, 2) / math.sqrt(self.d_k)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1)
        output = weights @ self.value(x)
        if mask is not None:
            output = output * mask.any(dim=-1, keepdim=True)
        return output, weights

# %% wrong | value-root | divides by the root of d_v, the width of the values, unnoticed where d_v == d_k
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(v.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ v, weights

# %% wrong | mask-unsqueezed | always adds an axis to the mask as if it were (B, T), so (T, T) masks crash or are applied along the batch and (B, 1, T) makes four dimensions
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(k.size(-1))
        if mask is not None:
            if mask.dim() == 2:
                mask = mask[:, None, :]
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return torch.bmm(weights, v), weights

# %% wrong | dropout-in-training | drops 10 % of the weights while the layer is in training mode; in eval mode all is right
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        weights = self.dropout(weights)
        return weights @ v, weights

# %% wrong | bias-not-passed | accepts bias but passes it to none of the three layers, and nn.Linear's own default is True
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k)
        self.key = nn.Linear(d_model, d_k)
        self.value = nn.Linear(d_model, d_v)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ v, weights

# %% wrong | keys-ask | scores are k qᵀ, so keys ask and queries answer (square, no error)
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = torch.einsum("btd,bsd->bst", q, k) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ v, weights

# %% wrong | boolean-index | writes -inf with scores[~mask], which needs a mask of the full shape: (T, T) and (B, 1, T) crash (unless B is 1 or the shapes agree)
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.clone()
            scores[~mask] = torch.finfo(scores.dtype).min
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights * mask
        return weights @ v, weights

# %% wrong | forbidden-renormalised | masks after the softmax and renormalises, so a forbidden score near +1000 leaves 0/0 for the allowed ones
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)), dim=-1)
        if mask is not None:
            weights = weights * mask
            weights = weights / weights.sum(dim=-1, keepdim=True).clamp_min(1e-9)
        return weights @ v, weights

# %% wrong | transposed-parameters | own parameters of shape (d_model, d_k) used as x @ W, so shapes do not match (silently transposed where d_model == d_k)
import math

import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, d_in, d_out, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(d_in, d_out) / math.sqrt(d_in))
        self.bias = nn.Parameter(torch.zeros(d_out)) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = Projection(d_model, d_k, bias)
        self.key = Projection(d_model, d_k, bias)
        self.value = Projection(d_model, d_v, bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ v, weights

# %% wrong | residual-when-equal | adds the input to the output where d_v == d_model, a residual that nobody asked for
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        output = weights @ v
        if output.shape == x.shape:
            output = output + x
        return output, weights

# %% wrong | scale-is-parameter | registers the scale as an nn.Parameter, a parameter that the contract does not allow
import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)
        self.scale = nn.Parameter(torch.tensor(float(d_k)).rsqrt())

    def forward(self, x, mask=None):
        scores = self.query(x) @ self.key(x).mT * self.scale
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ self.value(x), weights

# %% wrong | padding-both-ways | also masks the rows of a padding mask (B, 1, T), so padded positions get no weights as queries although the mask only speaks of keys
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            if mask.dim() == 3 and mask.size(1) == 1:
                mask = mask & mask.transpose(1, 2)
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ v, weights

# %% right | linear-layers | three nn.Linear, masked_fill before and after
import math

import torch
from torch import nn


class SelfAttention(nn.Module):
    """One head of self-attention over a sequence of T vectors of width d_model.

    Queries, keys and values are three learned projections of the same input x. The score of the
    query at position t and the key at position s is q_t · k_s / √d_k. A softmax over s gives the
    weights, and the output at t is the average of the values under its weights. There is no
    dropout and no projection of the output.

    Args:
        d_model: Width of the input.
        d_k: Width of queries and keys.
        d_v: Width of values, and so of the output. All three widths may differ.
        bias: Whether each of the three projections adds a bias.

    Parameters, by these names and no others:
        query.weight (d_k, d_model), key.weight (d_k, d_model), value.weight (d_v, d_model);
        with bias=True also query.bias (d_k), key.bias (d_k), value.bias (d_v).
        A weight maps x to x Wᵀ, as in nn.Linear. Initialise them as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", sections 3.2.1 and 3.2.3.

    >>> layer = SelfAttention(d_model=6, d_k=4, d_v=3)
    >>> sorted((name, tuple(p.shape)) for name, p in layer.named_parameters())
    [('key.weight', (4, 6)), ('query.weight', (4, 6)), ('value.weight', (3, 6))]
    >>> output, weights = layer(torch.ones(2, 5, 6))
    >>> output.shape, weights.shape
    (torch.Size([2, 5, 3]), torch.Size([2, 5, 5]))
    """

    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)

    def forward(
        self, x: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return weights @ v, weights

# %% right | own-projection | an own Projection module and einsum; helper method project
import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, n_in: int, n_out: int, bias: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_out, n_in))
        nn.init.xavier_uniform_(self.weight)
        if bias:
            self.bias = nn.Parameter(torch.zeros(n_out))
        else:
            self.register_parameter("bias", None)

    def forward(self, x):
        y = torch.einsum("btm,om->bto", x, self.weight)
        return y if self.bias is None else y + self.bias


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.scale = d_k**-0.5
        self.query = Projection(d_model, d_k, bias)
        self.key = Projection(d_model, d_k, bias)
        self.value = Projection(d_model, d_v, bias)

    def project(self, x):
        return self.query(x) * self.scale, self.key(x), self.value(x)

    def forward(self, x, mask=None):
        q, k, v = self.project(x)
        scores = torch.einsum("btd,bsd->bts", q, k)
        if mask is not None:
            scores = torch.where(mask, scores, float("-inf"))
        weights = scores.softmax(-1)
        if mask is not None:
            weights = torch.where(mask, weights, 0.0)
        return torch.einsum("bts,bse->bte", weights, v), weights

# %% right | fused-output | own weights, the output from torch's fused function when there is no mask; small demo under __main__
import math

import torch
import torch.nn.functional as F
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, d_model: int, d_k: int, d_v: int, bias: bool = False) -> None:
        super().__init__()
        self.query = nn.Linear(d_model, d_k, bias=bias)
        self.key = nn.Linear(d_model, d_k, bias=bias)
        self.value = nn.Linear(d_model, d_v, bias=bias)
        self.reset_parameters()

    def reset_parameters(self):
        for p in self.parameters():
            nn.init.normal_(p, std=0.02)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = torch.baddbmm(
            torch.zeros(1, dtype=x.dtype, device=x.device), q, k.transpose(1, 2), alpha=1 / math.sqrt(k.shape[2])
        )
        if mask is None:
            weights = F.softmax(scores, dim=2)
            return F.scaled_dot_product_attention(q, k, v), weights
        allowed = mask.expand_as(scores)
        filled = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        weights = F.softmax(filled, dim=2) * allowed
        return weights.bmm(v), weights


if __name__ == "__main__":
    out, w = SelfAttention(6, 4, 3)(torch.randn(2, 5, 6))
    print(out.shape, w.sum(-1))
