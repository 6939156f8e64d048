# %% right | squared-distances | features from squared distances in float64, sequences one at a time, outer products
import torch


def performer_features(x, projection):
    # -|x - w|^2 / 2 = w.x - |x|^2 / 2 - |w|^2 / 2, so put |w|^2 / 2 back.
    # In float64, since |x|^2 and |w|^2 are taken apart and put together again.
    wide, w = x.double(), projection.double()
    distance = 0
    for i in range(w.size(1)):
        distance = distance + (wide[..., i : i + 1] - w[:, i]) ** 2
    exponent = (w.square().sum(-1) - distance) / 2
    return (exponent.exp() / w.size(0) ** 0.5).to(x.dtype)


def performer_attention(q, k, v, projection, causal=False):
    shape = (*q.shape[:-1], v.shape[-1])
    q3, k3, v3 = (t.reshape(-1, *t.shape[-2:]) for t in (q, k, v))
    d = q.shape[-1]
    outs = []
    for a, b, c in zip(q3, k3, v3):
        fa = performer_features(a / d**0.25, projection)
        fb = performer_features(b / d**0.25, projection)
        if causal:
            m_t, z_t, rows = 0, 0, []
            for i in range(len(fa)):
                m_t = m_t + torch.outer(fb[i], c[i])
                z_t = z_t + fb[i]
                rows.append(fa[i] @ m_t / (fa[i] @ z_t))
            outs.append(torch.stack(rows))
        else:
            outs.append(fa @ (fb.T @ c) / (fa @ fb.sum(0))[:, None])
    return torch.stack(outs).reshape(shape)

# %% right | feature-by-feature | a loop over the directions and running sums for each of them
import math

import torch


def performer_features(x, projection):
    """One direction after the other."""
    half = x.pow(2).sum(-1) / 2
    columns = [torch.exp((x * w).sum(-1) - half) for w in projection]
    return torch.stack(columns, dim=-1) / math.sqrt(len(projection))


def performer_attention(q, k, v, projection, causal=False):
    shrink = q.size(-1) ** -0.25
    phi_q = performer_features(shrink * q, projection)
    phi_k = performer_features(shrink * k, projection)
    numerator = divisor = 0
    # one feature after the other: each is a small linear attention of its own
    for i in range(projection.size(0)):
        fq, fk = phi_q[..., i : i + 1], phi_k[..., i : i + 1]
        if causal:
            numerator = numerator + fq * (fk * v).cumsum(dim=-2)
            divisor = divisor + fq * fk.cumsum(dim=-2)
        else:
            numerator = numerator + fq * (fk * v).sum(dim=-2, keepdim=True)
            divisor = divisor + fq * fk.sum(dim=-2, keepdim=True)
    return numerator / divisor

# %% wrong | cumsum-over-heads | the running sums go along dimension 1, the positions only where there is exactly one leading dimension
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True) / 2
    exponent = x @ projection.transpose(0, 1) - half_square
    return exponent.exp() / math.sqrt(projection.size(0))


def performer_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    projection: torch.Tensor,
    causal: bool = False,
) -> torch.Tensor:
    scale = q.size(-1) ** -0.25
    phi_q = performer_features(q * scale, projection)
    phi_k = performer_features(k * scale, projection)
    if causal:
        outer = phi_k.unsqueeze(-1) * v.unsqueeze(-2)
        memory = outer.cumsum(dim=1)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=1)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | small-constant-in-the-divisor | 1e-8 is added to the sum of the weights, which dominates where all features are tiny
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True) / 2
    exponent = x @ projection.transpose(0, 1) - half_square
    return exponent.exp() / math.sqrt(projection.size(0))


def performer_attention(q, k, v, projection, causal=False):
    """The divisor is a numerator too: that of a value which is 1 everywhere."""
    root = math.sqrt(math.sqrt(q.size(-1)))
    fq = performer_features(q / root, projection)
    fk = performer_features(k / root, projection)
    ones = torch.ones_like(v[..., :1])
    both = torch.cat((v, ones), dim=-1)
    if causal:
        sums = torch.einsum("...sm,...sv->...smv", fk, both).cumsum(-3)
        out = torch.einsum("...tm,...tmv->...tv", fq, sums)
    else:
        out = fq @ (fk.mT @ both)
    return out[..., :-1] / (out[..., -1:] + 1e-8)

# %% wrong | running-sums-in-place | the causal sums are collected in float32 buffers without gradient: k and v get none, and float64 is rounded
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True) / 2
    exponent = x @ projection.transpose(0, 1) - half_square
    return exponent.exp() / math.sqrt(projection.size(0))


def performer_attention(q, k, v, projection, causal=False):
    shrink = q.size(-1) ** 0.25
    fq = performer_features(q / shrink, projection)
    fk = performer_features(k / shrink, projection)
    if not causal:
        return (fq @ (fk.mT @ v)) / (fq * fk.sum(-2, keepdim=True)).sum(-1, keepdim=True)
    memory = torch.zeros(*fk.shape[:-2], fk.size(-1), v.size(-1))
    total = torch.zeros(*fk.shape[:-2], fk.size(-1))
    out = []
    for t in range(fq.size(-2)):
        memory += (fk[..., t, :, None] * v[..., t, None, :]).detach().float()
        total += fk[..., t, :].detach().float()
        f_t = fq[..., t, :]
        top = (f_t.unsqueeze(-1) * memory).sum(-2)
        out.append(top / (f_t * total).sum(-1, keepdim=True))
    return torch.stack(out, dim=-2).to(q.dtype)

# %% wrong | mean-feature-of-the-keys | not causal: each value is divided by its own sum of weights before the values are averaged, which is another fraction
import torch


def performer_features(x, projection):
    m, _ = projection.shape
    wx = torch.einsum("...nd,md->...nm", x, projection)
    norm = torch.einsum("...nd,...nd->...n", x, x)
    return m**-0.5 * torch.exp(wx - 0.5 * norm[..., None])


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t / d**0.25, projection) for t in (q, k))
    if causal:
        top = (fk[..., None] * v[..., None, :]).cumsum(-3)
        bottom = fk.cumsum(-2)
        return torch.einsum("...tm,...tmv->...tv", fq, top) / (fq * bottom).sum(-1, keepdim=True)
    per_feature = (fk.mT @ v) / fk.sum(-2)[..., None]
    return (fq / fq.sum(-1, keepdim=True)) @ per_feature

# %% wrong | x-two-exponentials | exp(w · x) and exp(−‖x‖²/2) are made apart and multiplied: infinity times 0 where the exponent itself is small
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    m = projection.size(0)
    half = x.square().sum(dim=-1, keepdim=True) / 2
    return torch.exp(x @ projection.T) * torch.exp(-half) / math.sqrt(m)


def performer_attention(q, k, v, projection, causal=False):
    scale = q.size(-1) ** -0.25
    phi_q = performer_features(q * scale, projection)
    phi_k = performer_features(k * scale, projection)
    if causal:
        memory = (phi_k.unsqueeze(-1) * v.unsqueeze(-2)).cumsum(dim=-3)
        top = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        bottom = (phi_q * phi_k.cumsum(dim=-2)).sum(dim=-1, keepdim=True)
    else:
        top = phi_q @ (phi_k.transpose(-2, -1) @ v)
        bottom = (phi_q * phi_k.sum(dim=-2, keepdim=True)).sum(dim=-1, keepdim=True)
    return top / bottom


# %% wrong | x-root-and-square-again | takes the length by a root and squares it, which has NaN as its gradient at a vector of zeros
import math

import torch


def performer_features(x, projection):
    length = torch.sqrt((x * x).sum(dim=-1, keepdim=True))
    exponent = torch.einsum("...nd,md->...nm", x, projection) - length**2 / 2
    return exponent.exp() / math.sqrt(len(projection))


def performer_attention(q, k, v, projection, causal=False):
    root = math.sqrt(math.sqrt(q.shape[-1]))
    a = performer_features(q / root, projection)
    b = performer_features(k / root, projection)
    if not causal:
        top = torch.einsum("...tm,...me->...te", a, torch.einsum("...sm,...se->...me", b, v))
        return top / torch.einsum("...tm,...m->...t", a, b.sum(-2)).unsqueeze(-1)
    memory, total, rows = 0, 0, []
    for t in range(q.shape[-2]):
        memory = memory + b[..., t, :, None] * v[..., t, None, :]
        total = total + b[..., t, :]
        top = (a[..., t, :, None] * memory).sum(-2)
        rows.append(top / (a[..., t, :] * total).sum(-1, keepdim=True))
    return torch.stack(rows, dim=-2)
