# %% wrong | dk-unscaled | forgets 1/√d in dk only
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Carry the gradient of a loss back through scaled dot-product attention, without autograd.

    The forward pass was output = softmax(q kᵀ / √d) v, with the softmax over the keys and no mask.
    Its weights are not passed in, so compute them again. Autograd and everything that builds on it
    are off limits here.

    Args:
        d_output: Gradient of the loss with respect to the output, (..., T, e).
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d).
        v: Values, (..., S, e). The leading dimensions are the same in all four; T, S, d and e may
            all differ.

    Returns:
        dq, dk, dv: the gradients of the loss with respect to q (..., T, d), k (..., S, d) and
        v (..., S, e), in this order and of the same dtype as q. They are what autograd would give,
        and are finite also where scores reach ±1000.

    No argument is changed in place.

    Source: Dao et al. 2022, "FlashAttention", appendix B.2.

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> dq, dk, dv = attention_backward(torch.tensor([[1.0]]), q, k, v)
    >>> dq
    tensor([[-2.2249,  2.2249]])
    >>> dv
    tensor([[0.8044],
            [0.1956]])
    """
    scale = 1 / math.sqrt(q.size(-1))
    p = torch.softmax(q @ k.transpose(-2, -1) * scale, dim=-1)
    dv = p.transpose(-2, -1) @ d_output
    dp = d_output @ v.transpose(-2, -1)
    ds = p * (dp - (p * dp).sum(dim=-1, keepdim=True))
    dq = ds @ k * scale
    dk = ds.transpose(-2, -1) @ q
    return dq, dk, dv

# %% wrong | delta-without-keepdim | the row sum rowsum(dO ∘ O) loses its axis, so it is subtracted along the keys: crash, or silently wrong where T == S
import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    d = q.shape[-1]
    p = torch.softmax(q @ k.mT / d**0.5, dim=-1)
    o = p @ v
    delta = (d_output * o).sum(-1)
    dp = d_output @ v.mT
    ds = p * (dp - delta) / d**0.5
    return ds @ k, ds.mT @ q, p.mT @ d_output

# %% wrong | sum-over-queries | sums Σ p g over the queries (dim=-2) and not over the keys
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(dim=-2, keepdim=True)) / root
    return ds @ k, ds.transpose(-1, -2) @ q, p.transpose(-1, -2) @ d_output

# %% wrong | diagonal-jacobian | takes p(1 - p) for the derivative of the softmax, without the cross terms
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dp = d_output @ v.transpose(-1, -2)
    ds = dp * p * (1 - p) / root
    return ds @ k, ds.transpose(-1, -2) @ q, p.transpose(-1, -2) @ d_output

# %% wrong | scaled-twice | divides the gradient of the scores by √d and then dq and dk again
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    dq = ds @ k / root
    dk = ds.transpose(-1, -2) @ q / root
    dv = p.transpose(-1, -2) @ d_output
    return dq, dk, dv

# %% wrong | axes-one-two | transposes axes 1 and 2, so only one leading dimension works
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(1, 2) / root, dim=-1)
    dp = d_output @ v.transpose(1, 2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    return ds @ k, ds.transpose(1, 2) @ q, p.transpose(1, 2) @ d_output

# %% wrong | shared-keys | dk and dv are summed over the leading dimensions and expanded again, as if all batch elements shared k and v (right without leading dimensions)
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(torch.einsum("...td,...sd->...ts", q, k) / root, dim=-1)
    dp = torch.einsum("...te,...se->...ts", d_output, v)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    dq = torch.einsum("...ts,...sd->...td", ds, k)
    dk = torch.einsum("...ts,...td->sd", ds, q).expand_as(k)
    dv = torch.einsum("...ts,...te->se", p, d_output).expand_as(v)
    return dq, dk, dv

# %% wrong | returns-dv-first | returns dv, dk, dq in the order in which they were found
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dv = p.transpose(-1, -2) @ d_output
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    dk = ds.transpose(-1, -2) @ q
    dq = ds @ k
    return dv, dk, dq

# %% wrong | no-shift | own softmax without subtracting the maximum, NaN for scores of ±1000
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    e = torch.exp(q @ k.transpose(-1, -2) / root)
    p = e / e.sum(-1, keepdim=True)
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-1, -2) @ q, p.transpose(-1, -2) @ d_output

# %% wrong | gradient-changed-in-place | scales d_output with /= on the way to dq and dk, so the caller's gradient changes
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dv = p.transpose(-1, -2) @ d_output
    d_output /= root
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True))
    return ds @ k, ds.transpose(-1, -2) @ q, dv

# %% wrong | root-of-values | scales by the root of the values' width e, unnoticed where e == d
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(v.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-1, -2) @ q, p.transpose(-1, -2) @ d_output

# %% wrong | forward-unscaled | recomputes the weights without the scale, but scales dq and dk
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    p = torch.softmax(q @ k.transpose(-1, -2), dim=-1)
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
    return ds @ k, ds.transpose(-1, -2) @ q, p.transpose(-1, -2) @ d_output

# %% wrong | dv-untransposed | dv = p dO without the transpose: a crash where T and S differ, silently wrong where they are equal
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.transpose(-1, -2) / root, dim=-1)
    dp = d_output @ v.transpose(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-1, -2) @ q, p @ d_output

# %% wrong | reshape-as-transpose | gets the transposed gradient of the scores with reshape(S, T), which mixes the entries up unless T or S is 1
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    root = math.sqrt(q.shape[-1])
    T, S = q.shape[-2], k.shape[-2]
    p = torch.softmax(q @ k.mT / root, dim=-1)
    dp = d_output @ v.mT
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / root
    dk = ds.reshape(*ds.shape[:-2], S, T) @ q
    return ds @ k, dk, p.mT @ d_output

# %% right | row-products | the five lines of the backward pass
import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Carry the gradient of a loss back through scaled dot-product attention, without autograd.

    The forward pass was output = softmax(q kᵀ / √d) v, with the softmax over the keys and no mask.
    Its weights are not passed in, so compute them again. Autograd and everything that builds on it
    are off limits here.

    Args:
        d_output: Gradient of the loss with respect to the output, (..., T, e).
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d).
        v: Values, (..., S, e). The leading dimensions are the same in all four; T, S, d and e may
            all differ.

    Returns:
        dq, dk, dv: the gradients of the loss with respect to q (..., T, d), k (..., S, d) and
        v (..., S, e), in this order and of the same dtype as q. They are what autograd would give,
        and are finite also where scores reach ±1000.

    No argument is changed in place.

    Source: Dao et al. 2022, "FlashAttention", appendix B.2.

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> dq, dk, dv = attention_backward(torch.tensor([[1.0]]), q, k, v)
    >>> dq
    tensor([[-2.2249,  2.2249]])
    >>> dv
    tensor([[0.8044],
            [0.1956]])
    """
    scale = 1.0 / math.sqrt(q.size(-1))
    weights = torch.softmax(q @ k.transpose(-2, -1) * scale, dim=-1)
    d_weights = d_output @ v.transpose(-2, -1)
    d_scores = weights * (d_weights - (weights * d_weights).sum(dim=-1, keepdim=True))
    dq = d_scores @ k * scale
    dk = d_scores.transpose(-2, -1) @ q * scale
    dv = weights.transpose(-2, -1) @ d_output
    return dq, dk, dv

# %% right | flash-delta | the row sum from dO ∘ O as in FlashAttention, einsum throughout
import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    scale = q.shape[-1] ** -0.5
    s = torch.einsum("...td,...sd->...ts", q, k) * scale
    p = (s - torch.logsumexp(s, dim=-1, keepdim=True)).exp()
    p = p / p.sum(dim=-1, keepdim=True)
    o = torch.einsum("...ts,...se->...te", p, v)
    delta = (d_output * o).sum(dim=-1, keepdim=True)
    ds = scale * p * (torch.einsum("...te,...se->...ts", d_output, v) - delta)
    return (
        torch.einsum("...ts,...sd->...td", ds, k),
        torch.einsum("...ts,...td->...sd", ds, q),
        torch.einsum("...ts,...te->...se", p, d_output),
    )

# %% right | matrix-per-row | the full matrix diag(p) - p pᵀ for every row, float64 inside, under no_grad
import math

import torch


def _softmax_matrix(p):
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    kind = q.dtype
    with torch.no_grad():
        g, q, k, v = (t.double() for t in (d_output, q, k, v))
        root = math.sqrt(q.shape[-1])
        p = torch.softmax(q @ k.mT / root, dim=-1)
        dp = g @ v.mT
        # symmetrische Matrix, daher ohne Transponieren
        ds = (_softmax_matrix(p) @ dp.unsqueeze(-1)).squeeze(-1) / root
        result = (ds @ k, ds.mT @ q, p.mT @ g)
    return tuple(t.to(kind) for t in result)
