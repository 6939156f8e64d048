# %% wrong | no-scale-backward | The factor 1/√d is missing in dq and dk; wrong for d > 1.
"""The backward pass of attention, by hand."""

import math

import torch


def attention_backward(d_output, q, k, v):
    w = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)), dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True))
    dq = ds @ k
    dk = ds.transpose(-2, -1) @ q
    return dq, dk, dv
# %% wrong | dk-unscaled | Only dq carries 1/√d; dk is too large by √d.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.mT / root, dim=-1)
    dv = w.mT @ d_output
    dw = d_output @ v.mT
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True))
    dq = ds @ k / root
    dk = ds.mT @ q
    return dq, dk, dv
# %% wrong | scaled-query-reused | Scales q once at the start and forgets that dq then needs the factor too; dk is right, dq too large.
import math
import torch


def attention_backward(d_output, q, k, v):
    q = q / math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1), dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True))
    dq = ds @ k
    dk = ds.transpose(-2, -1) @ q
    return dq, dk, dv
# %% wrong | scale-twice | The gradient of the scores is divided by √d, and dq and dk once more; right only for d = 1.
import math
import torch


def attention_backward(d_output, q, k, v):
    scale = 1 / math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) * scale, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) * scale
    return ds @ k * scale, ds.transpose(-2, -1) @ q * scale, dv
# %% wrong | forward-unscaled | The weights are recomputed without √d; every gradient is that of other weights.
import math
import torch


def attention_backward(d_output, q, k, v):
    w = torch.softmax(q @ k.transpose(-2, -1), dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True))
    root = math.sqrt(q.size(-1))
    return ds @ k / root, ds.transpose(-2, -1) @ q / root, dv
# %% wrong | scale-value-width | Scale from v's width e; right only where e = d.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(d_output.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | softmax-like-exp | The sum in the softmax's derivative is forgotten: dS = W ⊙ dW.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * dw / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | softmax-like-sigmoid | dS = W (1 - W) dW, the diagonal of the Jacobian only.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (1 - w) * dw / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | outer-w-missing | dS = dW - Σ W dW: the outer factor W is forgotten.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | sum-without-w | Subtracts Σ dW in place of Σ W dW.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - dw.sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | mean-in-softmax | mean in place of sum in the softmax's derivative; right only for S = 1.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).mean(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | sum-over-queries | The sum runs over dim -2, the queries.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-2, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | keepdim-forgotten | Without keepdim the sum of query t is subtracted in column t; crashes where T and S differ, wrong where they agree.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(-1)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | sum-over-everything | (W * dW).sum() over all queries and the batch; right only for a single query.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum()) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | sign-of-ds | dS = W (Σ W dW - dW): dq and dk have the wrong sign.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * ((w * dw).sum(dim=-1, keepdim=True) - dw) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | dk-not-transposed | dk = dS q; crashes where T and S differ, wrong where they agree.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds @ q, dv
# %% wrong | dv-not-transposed | dv = W dO; crashes where T and S differ, wrong where they agree.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | order-v-first | Returns dv, dk, dq in the order of the backward pass.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    dk = ds.transpose(-2, -1) @ q
    dq = ds @ k
    return dv, dk, dq
# %% wrong | dq-dk-exchanged | The operands of dq and dk are exchanged: dq is made with q and dk with k; shapes fit only where T = S.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    dq = ds @ q
    dk = ds.transpose(-2, -1) @ k
    return dq, dk, dv
# %% wrong | two-dims-only | .T everywhere; right for matrices, deprecated reversal and a crash with leading dimensions.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.shape[1])
    w = torch.softmax(q @ k.T / root, dim=1)
    dv = w.T @ d_output
    dw = d_output @ v.T
    ds = w * (dw - (w * dw).sum(dim=1, keepdim=True)) / root
    return ds @ k, ds.T @ q, dv
# %% wrong | one-batch-dim-einsum | einsum with exactly one batch letter; crashes without a leading dimension and with two.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.shape[-1])
    w = torch.einsum("btd,bsd->bts", q, k).div(root).softmax(-1)
    dv = torch.einsum("bts,bte->bse", w, d_output)
    dw = torch.einsum("bte,bse->bts", d_output, v)
    ds = w * (dw - (w * dw).sum(-1, keepdim=True)) / root
    dq = torch.einsum("bts,bsd->btd", ds, k)
    dk = torch.einsum("bts,btd->bsd", ds, q)
    return dq, dk, dv
# %% wrong | softmax-over-queries | The recomputed softmax runs over the queries.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-2)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | exp-overflow | exp without subtracting the maximum; inf/inf or 0/0 where scores reach ±1000.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    e = torch.exp(q @ k.transpose(-2, -1) / root)
    w = e / e.sum(dim=-1, keepdim=True)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | global-max | Subtracts the largest score of the whole tensor; rows near -1000 next to rows near +1000 become 0/0.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    s = q @ k.transpose(-2, -1) / root
    e = torch.exp(s - s.max())
    w = e / e.sum(dim=-1, keepdim=True)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | clamped-scores | Clamps the scores to ±80; large scores that differ become equal, so the gradients are those of other weights.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    s = (q @ k.transpose(-2, -1) / root).clamp(-80, 80)
    w = torch.softmax(s, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | float32-inside | Casts everything to float32; float64 arguments get float32 gradients.
import math
import torch


def attention_backward(d_output, q, k, v):
    d_output, q, k, v = (t.to(torch.float32) for t in (d_output, q, k, v))
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | query-scaled-in-place | q.div_ changes the caller's queries; the gradients happen to be right.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    q = q.detach().div_(root)
    w = torch.softmax(q @ k.transpose(-2, -1), dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True))
    return ds @ k / root, ds.transpose(-2, -1) @ q, dv
# %% wrong | upstream-ignored | Takes d_output for all ones (loss = output.sum()); right only then.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    ones = torch.ones_like(d_output)
    dv = w.transpose(-2, -1) @ ones
    dw = ones @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | dv-scaled-too | dv also carries the factor 1/√d.
import math
import torch


def attention_backward(d_output, q, k, v):
    scale = q.size(-1) ** -0.5
    w = torch.softmax(q @ k.transpose(-2, -1) * scale, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True))
    dq = ds @ k
    dk = ds.transpose(-2, -1) @ q
    return tuple(scale * g for g in (dq, dk, dv))
# %% wrong | batch-averaged | Averages over the first dimension, as for the weights of a layer; the leading dimensions are lost.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    dq, dk = ds @ k, ds.transpose(-2, -1) @ q
    if q.dim() > 2:
        dq, dk, dv = dq.mean(0), dk.mean(0), dv.mean(0)
    return dq, dk, dv
# %% wrong | flattened-leading | Flattens to one batch dimension and returns so; right only with exactly one leading dimension.
import math
import torch


def attention_backward(d_output, q, k, v):
    do, q, k, v = (t.reshape(-1, *t.shape[-2:]) for t in (d_output, q, k, v))
    root = math.sqrt(q.size(-1))
    w = torch.bmm(q, k.transpose(1, 2)).div(root).softmax(2)
    dv = torch.bmm(w.transpose(1, 2), do)
    dw = torch.bmm(do, v.transpose(1, 2))
    ds = w * (dw - (w * dw).sum(2, keepdim=True)) / root
    return torch.bmm(ds, k), torch.bmm(ds.transpose(1, 2), q), dv
# %% wrong | jacobian-outer-only | Uses -p pᵀ without the diagonal for the softmax Jacobian.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    J = -w.unsqueeze(-1) * w.unsqueeze(-2)
    ds = (J @ dw.unsqueeze(-1)).squeeze(-1) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | row-term-from-output-only | r = Σ O (without dO) in the FlashAttention form; right only where d_output is 1.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    output = w @ v
    r = output.sum(dim=-1, keepdim=True)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - r) / root
    return ds @ k, ds.transpose(-2, -1) @ q, dv
# %% wrong | uses-autograd | Calls torch.autograd.grad on the forward pass, which is off limits.
import math
import torch


def attention_backward(d_output, q, k, v):
    q, k, v = (t.detach().requires_grad_() for t in (q, k, v))
    w = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)), dim=-1)
    return torch.autograd.grad(w @ v, (q, k, v), d_output)
# %% wrong | squeezed | squeeze() on the gradients drops axes of size 1, such as one query or e = 1.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    w = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = w.transpose(-2, -1) @ d_output
    dw = d_output @ v.transpose(-2, -1)
    ds = w * (dw - (w * dw).sum(dim=-1, keepdim=True)) / root
    dq, dk = ds @ k, ds.transpose(-2, -1) @ q
    return dq.squeeze(), dk.squeeze(), dv.squeeze()
# %% wrong | last-query-only | In the loop over the queries dk and dv are overwritten and not added up; right for T = 1 only.
import math
import torch


def attention_backward(d_output, q, k, v):
    root = math.sqrt(q.size(-1))
    dq = torch.zeros_like(q)
    for t in range(q.size(-2)):
        qt, g = q[..., t : t + 1, :], d_output[..., t : t + 1, :]
        w = torch.softmax(qt @ k.transpose(-2, -1) / root, dim=-1)
        dw = g @ v.transpose(-2, -1)
        ds = w * (dw - (w * dw).sum(-1, keepdim=True)) / root
        dq[..., t : t + 1, :] = ds @ k
        dk = ds.transpose(-2, -1) @ qt
        dv = w.transpose(-2, -1) @ g
    return dq, dk, dv
# %% right | five-lines | The formulas of the lesson, one line each.
"""The backward pass of attention, by hand."""

import math

import torch


def attention_backward(
    d_output: torch.Tensor, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return dq, dk, dv."""
    root = math.sqrt(q.size(-1))
    weights = torch.softmax(q @ k.transpose(-2, -1) / root, dim=-1)
    dv = weights.transpose(-2, -1) @ d_output
    d_weights = d_output @ v.transpose(-2, -1)
    row = (weights * d_weights).sum(dim=-1, keepdim=True)
    d_scores = weights * (d_weights - row)
    return d_scores @ k / root, d_scores.transpose(-2, -1) @ q / root, dv
# %% right | einsum | einsum with ellipses throughout.
import torch


def attention_backward(d_output, q, k, v):
    scale = q.shape[-1] ** -0.5
    scores = torch.einsum("...td,...sd->...ts", q, k) * scale
    P = scores.softmax(dim=-1)
    dV = torch.einsum("...ts,...te->...se", P, d_output)
    dP = torch.einsum("...te,...se->...ts", d_output, v)
    D = torch.einsum("...ts,...ts->...t", P, dP)
    dS = P * (dP - D[..., None]) * scale
    dQ = torch.einsum("...ts,...sd->...td", dS, k)
    dK = torch.einsum("...ts,...td->...sd", dS, q)
    return dQ, dK, dV
# %% right | flash-row-term | The row term from d_output and the output, as in FlashAttention; own stable softmax.
import math
import torch
from torch import Tensor


def _softmax(x: Tensor) -> Tensor:
    e = (x - x.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


def forward(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    w = _softmax(q @ k.mT / math.sqrt(q.shape[-1]))
    return w @ v, w


def attention_backward(
    d_output: Tensor, q: Tensor, k: Tensor, v: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    output, w = forward(q, k, v)
    r = (d_output * output).sum(-1, keepdim=True)
    g = w * (d_output @ v.mT - r) / math.sqrt(q.shape[-1])
    return g @ k, g.mT @ q, w.mT @ d_output
# %% right | full-softmax-matrix | Builds diag(p) - p pᵀ for every row and multiplies.
import torch


def attention_backward(d_output, q, k, v):
    d = q.size(-1)
    w = torch.softmax(q @ k.transpose(-1, -2) / d**0.5, dim=-1)
    dw = d_output @ v.transpose(-1, -2)
    J = torch.diag_embed(w) - w.unsqueeze(-1) * w.unsqueeze(-2)  # (..., T, S, S)
    ds = torch.matmul(J, dw.unsqueeze(-1)).squeeze(-1)
    dq = torch.matmul(ds, k) / d**0.5
    dk = torch.matmul(ds.transpose(-1, -2), q) / d**0.5
    dv = torch.matmul(w.transpose(-1, -2), d_output)
    return dq, dk, dv
# %% right | loop-over-queries | A loop over the queries that adds up dk and dv.
import math
import torch


def attention_backward(d_output, q, k, v):
    with torch.no_grad():
        root = math.sqrt(q.size(-1))
        dq, dk, dv = torch.zeros_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for t in range(q.size(-2)):
            query = q[..., t, :].unsqueeze(-2)
            up = d_output[..., t, :].unsqueeze(-2)
            w = torch.softmax(query @ k.transpose(-2, -1) / root, dim=-1)
            dw = up @ v.transpose(-2, -1)
            ds = w * (dw - (w * dw).sum(-1, keepdim=True)) / root
            dq[..., t, :] = (ds @ k).squeeze(-2)
            dk += ds.transpose(-2, -1) @ query
            dv += w.transpose(-2, -1) @ up
    return dq, dk, dv
# %% right | float64-inside | float64 inside, scaled queries, cast back; comments in Portuguese.
import math
import torch


def attention_backward(d_output, q, k, v):
    dtype = q.dtype
    g, Q, K, V = (t.detach().to(torch.float64) for t in (d_output, q, k, v))
    c = 1.0 / math.sqrt(Q.size(-1))
    Q = Q * c  # as consultas já escaladas
    W = torch.softmax(Q @ K.mT, dim=-1)
    dW = g @ V.mT
    dS = W * dW - W * (W * dW).sum(dim=-1, keepdim=True)
    # dk já contém o fator por meio de Q; dq ainda não
    dq = c * (dS @ K)
    dk = dS.mT @ Q
    dv = W.mT @ g
    return dq.to(dtype), dk.to(dtype), dv.to(dtype)
# %% right | small-class | A small class with forward and a method for the way back, and a main block.
import torch


class Attention:
    def __init__(self, q, k, v):
        self.q, self.k, self.v = q, k, v
        self.scale = 1 / q.shape[-1] ** 0.5
        self.weights = torch.softmax(self.scale * (q @ k.transpose(-2, -1)), dim=-1)

    def output(self):
        return self.weights @ self.v

    def back(self, d_output):
        w = self.weights
        dv = w.transpose(-2, -1) @ d_output
        dw = d_output @ self.v.transpose(-2, -1)
        ds = self.scale * w * (dw - torch.sum(w * dw, dim=-1, keepdim=True))
        return ds @ self.k, ds.transpose(-2, -1) @ self.q, dv


def attention_backward(d_output, q, k, v):
    return Attention(q, k, v).back(d_output)


if __name__ == "__main__":
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2)
    for g in attention_backward(torch.ones(3, 2), q, k, v):
        print(g.shape)
# %% wrong | two-mistakes-scale-and-sign | dk lacks the scale, and the sign of dq is turned.
import math
import torch


def attention_backward(d_output, q, k, v):
    s = 1 / math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.mT * s, -1)
    dp = d_output @ v.mT
    ds = p * (dp - (p * dp).sum(-1, keepdim=True))
    return -(ds @ k) * s, ds.mT @ q, p.mT @ d_output

# %% wrong | dv-of-scores | dv is made with the gradient of the scores and not with the weights.
import math
import torch


def attention_backward(d_output, q, k, v):
    s = 1 / math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.mT * s, -1)
    dp = d_output @ v.mT
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) * s
    return ds @ k, ds.mT @ q, ds.mT @ d_output

# %% wrong | output-for-d-output | Uses the output in place of its gradient for dv.
import math
import torch


def attention_backward(d_output, q, k, v):
    s = 1 / math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.mT * s, -1)
    o = p @ v
    dp = d_output @ v.mT
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) * s
    return ds @ k, ds.mT @ q, p.mT @ o

# %% wrong | dk-is-dq-like | Copies the line for dq and forgets to change the operands: dk = ds k.
import math
import torch


def attention_backward(d_output, q, k, v):
    s = 1 / math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.mT * s, -1)
    dp = d_output @ v.mT
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) * s
    return ds @ k, ds.mT @ ds @ k, p.mT @ d_output

# %% wrong | mean-of-batch-rows | Divides dq by the number of queries, as a mean loss would.
import math
import torch


def attention_backward(d_output, q, k, v):
    s = 1 / math.sqrt(q.shape[-1])
    p = torch.softmax(q @ k.mT * s, -1)
    dp = d_output @ v.mT
    ds = p * (dp - (p * dp).sum(-1, keepdim=True)) * s
    n = q.shape[-2]
    return ds @ k / n, ds.mT @ q / n, p.mT @ d_output / n
