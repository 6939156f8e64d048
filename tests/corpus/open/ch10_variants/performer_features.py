# %% right | cumsum | outer products and cumsum, plain matmul without a mask
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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% right | einsum-and-loop | einsum throughout, a loop over the positions where causal
import torch


def performer_features(x, projection):
    m, _ = projection.shape
    wx = torch.einsum("...nd,md->...nm", x, projection)
    norm = torch.einsum("...nd,...nd->...n", x, x)
    return m**-0.5 * torch.exp(wx - 0.5 * norm[..., None])


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t / d**0.25, projection) for t in (q, k))
    if not causal:
        top = torch.einsum("...sm,...sv->...mv", fk, v)
        bottom = fk.sum(-2)
        return torch.einsum("...tm,...mv->...tv", fq, top) / torch.einsum("...tm,...m->...t", fq, bottom)[..., None]
    top = torch.zeros_like(fk[..., 0, :, None] * v[..., 0, None, :])
    bottom = torch.zeros_like(fk[..., 0, :])
    rows = []
    for t in range(q.shape[-2]):
        top = top + torch.einsum("...m,...v->...mv", fk[..., t, :], v[..., t, :])
        bottom = bottom + fk[..., t, :]
        up = torch.einsum("...m,...mv->...v", fq[..., t, :], top)
        down = (fq[..., t, :] * bottom).sum(-1)
        rows.append(up / down[..., None])
    return torch.stack(rows, dim=-2)

# %% right | ones-beside-the-values | the divisor is computed as one more column of values
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
    return out[..., :-1] / out[..., -1:]

# %% right | class-and-chunks | a class for the features, log of the root of m in the exponent, causal sums chunk by chunk
import math

import torch
import torch.nn.functional as F


class RandomFeatures:
    def __init__(self, projection):
        self.projection = projection
        self.log_root = 0.5 * math.log(projection.size(0))

    def __call__(self, x):
        dots = F.linear(x, self.projection)
        return (dots - (x * x).sum(-1).unsqueeze(-1) / 2 - self.log_root).exp()


def performer_features(x, projection):
    return RandomFeatures(projection)(x)


def whole(fq, fk, v):
    return (fq @ torch.matmul(fk.mT, v)) / torch.matmul(fq, fk.sum(-2).unsqueeze(-1))


def by_chunks(fq, fk, v, size=32):
    before = torch.zeros_like(fk[..., :1, :].mT @ v[..., :1, :])
    total = torch.zeros_like(fk[..., 0, :])
    pieces = []
    for a, b, c in zip(fq.split(size, -2), fk.split(size, -2), v.split(size, -2)):
        weights = (a @ b.mT).tril()
        top = weights @ c + a @ before
        bottom = weights.sum(-1, keepdim=True) + a @ total.unsqueeze(-1)
        pieces.append(top / bottom)
        before = before + b.mT @ c
        total = total + b.sum(-2)
    return torch.cat(pieces, dim=-2)


def performer_attention(q, k, v, projection, causal=False):
    shrink = q.size(-1) ** 0.25
    phi = RandomFeatures(projection)
    attend = by_chunks if causal else whole
    return attend(phi(q / shrink), phi(k / shrink), v)

# %% wrong | no-half-square | the features lack the subtraction of half the squared length
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    exponent = x @ projection.transpose(0, 1)
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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | whole-square | the squared length is not halved before it is subtracted
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True)
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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | length-not-squared | half the length of x is subtracted in place of half its square
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.norm(dim=-1, keepdim=True) / 2
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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | divided-by-m | each feature is divided by m in place of its root
import torch


def performer_features(x, projection):
    m, _ = projection.shape
    wx = torch.einsum("...nd,md->...nm", x, projection)
    norm = torch.einsum("...nd,...nd->...n", x, x)
    return m**-1 * torch.exp(wx - 0.5 * norm[..., None])


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t / d**0.25, projection) for t in (q, k))
    if not causal:
        top = torch.einsum("...sm,...sv->...mv", fk, v)
        bottom = fk.sum(-2)
        return torch.einsum("...tm,...mv->...tv", fq, top) / torch.einsum("...tm,...m->...t", fq, bottom)[..., None]
    top = torch.zeros_like(fk[..., 0, :, None] * v[..., 0, None, :])
    bottom = torch.zeros_like(fk[..., 0, :])
    rows = []
    for t in range(q.shape[-2]):
        top = top + torch.einsum("...m,...v->...mv", fk[..., t, :], v[..., t, :])
        bottom = bottom + fk[..., t, :]
        up = torch.einsum("...m,...mv->...v", fq[..., t, :], top)
        down = (fq[..., t, :] * bottom).sum(-1)
        rows.append(up / down[..., None])
    return torch.stack(rows, dim=-2)

# %% wrong | root-of-d-for-both | queries and keys are both divided by the root of d and not by its fourth root, so the weights estimate exp(q · k / d)
import torch


def performer_features(x, projection):
    m, _ = projection.shape
    wx = torch.einsum("...nd,md->...nm", x, projection)
    norm = torch.einsum("...nd,...nd->...n", x, x)
    return m**-0.5 * torch.exp(wx - 0.5 * norm[..., None])


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t / d**0.5, projection) for t in (q, k))
    if not causal:
        top = torch.einsum("...sm,...sv->...mv", fk, v)
        bottom = fk.sum(-2)
        return torch.einsum("...tm,...mv->...tv", fq, top) / torch.einsum("...tm,...m->...t", fq, bottom)[..., None]
    top = torch.zeros_like(fk[..., 0, :, None] * v[..., 0, None, :])
    bottom = torch.zeros_like(fk[..., 0, :])
    rows = []
    for t in range(q.shape[-2]):
        top = top + torch.einsum("...m,...v->...mv", fk[..., t, :], v[..., t, :])
        bottom = bottom + fk[..., t, :]
        up = torch.einsum("...m,...mv->...v", fq[..., t, :], top)
        down = (fq[..., t, :] * bottom).sum(-1)
        rows.append(up / down[..., None])
    return torch.stack(rows, dim=-2)

# %% wrong | causal-divisor-of-all | with causal the divisor sums over all positions, also the later ones
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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.sum(dim=-2, keepdim=True)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | stabilised-features | the largest exponent of each vector is subtracted, as a softmax would do, though the stub forbids it and the keys get different factors
import math

import torch


def performer_features(x, projection):
    exponent = x @ projection.mT - (x**2).sum(-1, keepdim=True) / 2
    exponent = exponent - exponent.amax(dim=-1, keepdim=True)
    return exponent.exp() / math.sqrt(projection.shape[0])


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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | epsilon-added | a small constant is added to the features against NaN; features near exp(-40) drown in it
import torch


def performer_features(x, projection):
    m, _ = projection.shape
    wx = torch.einsum("...nd,md->...nm", x, projection)
    norm = torch.einsum("...nd,...nd->...n", x, x)
    return m**-0.5 * (torch.exp(wx - 0.5 * norm[..., None]) + 1e-6)


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t / d**0.25, projection) for t in (q, k))
    if not causal:
        top = torch.einsum("...sm,...sv->...mv", fk, v)
        bottom = fk.sum(-2)
        return torch.einsum("...tm,...mv->...tv", fq, top) / torch.einsum("...tm,...m->...t", fq, bottom)[..., None]
    top = torch.zeros_like(fk[..., 0, :, None] * v[..., 0, None, :])
    bottom = torch.zeros_like(fk[..., 0, :])
    rows = []
    for t in range(q.shape[-2]):
        top = top + torch.einsum("...m,...v->...mv", fk[..., t, :], v[..., t, :])
        bottom = bottom + fk[..., t, :]
        up = torch.einsum("...m,...mv->...v", fq[..., t, :], top)
        down = (fq[..., t, :] * bottom).sum(-1)
        rows.append(up / down[..., None])
    return torch.stack(rows, dim=-2)

# %% wrong | table-of-weights | the weights between all queries and keys are made, T times S of them, and masked with tril
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True) / 2
    exponent = x @ projection.transpose(0, 1) - half_square
    return exponent.exp() / math.sqrt(projection.size(0))


def performer_attention(q, k, v, projection, causal=False):
    scale = q.size(-1) ** -0.25
    weights = performer_features(q * scale, projection) @ performer_features(k * scale, projection).mT
    if causal:
        weights = weights.tril()
    return (weights @ v) / weights.sum(dim=-1, keepdim=True)

# %% wrong | own-position-missed | the causal loop gives the output before position t is added, so a query never sees itself; the first one gets v itself to avoid 0 / 0
import torch


def performer_features(x, projection):
    m, _ = projection.shape
    wx = torch.einsum("...nd,md->...nm", x, projection)
    norm = torch.einsum("...nd,...nd->...n", x, x)
    return m**-0.5 * torch.exp(wx - 0.5 * norm[..., None])


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t * d**-0.25, projection) for t in (q, k))
    if not causal:
        return fq @ (fk.mT @ v) / (fq @ fk.sum(-2)[..., None])
    memory, total, rows = 0, 0, [v[..., 0, :]]
    for t in range(1, q.shape[-2]):
        memory = memory + fk[..., t - 1, :, None] * v[..., t - 1, None, :]
        total = total + fk[..., t - 1, :]
        row = fq[..., t, None, :] @ memory
        rows.append(row[..., 0, :] / (fq[..., t, :] * total).sum(-1, keepdim=True))
    return torch.stack(rows, dim=-2)

# %% wrong | both-signs | the features of w and of -w stand side by side, as in a variant of the paper, so there are 2 m of them
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True) / 2
    dots = x @ projection.transpose(0, 1)
    both = torch.cat((dots - half_square, -dots - half_square), dim=-1)
    return both.exp() / math.sqrt(2 * projection.size(0))


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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | directions-in-columns | the directions are taken from the columns of projection, so it only runs where m is d, and is wrong there
import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    half_square = x.square().sum(dim=-1, keepdim=True) / 2
    exponent = x @ projection - half_square
    return exponent.exp() / math.sqrt(projection.size(1))


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
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | causal-ignored | the argument causal is never looked at, so later positions are seen
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
    numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
    total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | square-not-scaled | in attention the projection is divided by the fourth root of d in place of q and k, so the squared lengths stay unscaled
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
    phi_q = performer_features(q, projection * scale)
    phi_k = performer_features(k, projection * scale)
    if causal:
        outer = phi_k.unsqueeze(-1) * v.unsqueeze(-2)
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor

# %% wrong | memory-over-all-sequences | without causal the sums over the keys also run over the leading dimensions, so the sequences of a batch mix
import torch


def performer_features(x, projection):
    m = projection.shape[0]
    wx = torch.einsum("...nd,md->...nm", x, projection)
    return m**-0.5 * torch.exp(wx - 0.5 * (x * x).sum(-1, keepdim=True))


def performer_attention(q, k, v, projection, causal=False):
    d = q.shape[-1]
    fq, fk = (performer_features(t / d**0.25, projection) for t in (q, k))
    if causal:
        top = torch.einsum("...sm,...sv->...smv", fk, v).cumsum(-3)
        bottom = fk.cumsum(-2)
        up = torch.einsum("...tm,...tmv->...tv", fq, top)
        return up / (fq * bottom).sum(-1, keepdim=True)
    top = torch.einsum("...sm,...sv->mv", fk, v)
    bottom = torch.einsum("...sm->m", fk)
    return (fq @ top) / (fq @ bottom).unsqueeze(-1)

# %% wrong | arguments-scaled-in-place | q and k are divided by the fourth root of d in place, so the arguments of the caller change
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
    with torch.no_grad():
        q.mul_(scale)
        k.mul_(scale)
    phi_q = performer_features(q, projection)
    phi_k = performer_features(k, projection)
    if causal:
        outer = phi_k.unsqueeze(-1) * v.unsqueeze(-2)
        memory = outer.cumsum(dim=-3)
        numerator = (phi_q.unsqueeze(-2) @ memory).squeeze(-2)
        total = phi_k.cumsum(dim=-2)
    else:
        numerator = phi_q @ (phi_k.transpose(-2, -1) @ v)
        total = phi_k.sum(dim=-2, keepdim=True)
    divisor = (phi_q * total).sum(dim=-1, keepdim=True)
    return numerator / divisor
