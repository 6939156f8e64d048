# %% right | one-function-for-both | float64 inside, additive mask, one function with a switch
import math

import torch
import torch.nn.functional as F


def both(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past, absorbed):
    wide = [t.double() for t in (x, w_down, w_up_k, w_up_v, w_q, w_o)]
    x64, down, up_k, up_v, w_q64, w_o64 = wide
    latents = x @ w_down.mT
    c = x64 @ down.mT
    if past is not None:
        latents = torch.cat((past, latents), 1)
        c = torch.cat((past.double(), c), 1)
    n, m = x.shape[1], c.shape[1]
    bias = torch.full((n, m), -math.inf, dtype=c.dtype, device=x.device).triu(m - n + 1)
    q = (x64 @ w_q64.mT).unflatten(2, (n_heads, -1)).permute(0, 2, 1, 3)
    root = math.sqrt(q.shape[3])
    if absorbed:
        q = q @ up_k.unflatten(0, (n_heads, -1))
        k = v = c[:, None]
    else:
        k = (c @ up_k.mT).unflatten(2, (n_heads, -1)).permute(0, 2, 1, 3)
        v = (c @ up_v.mT).unflatten(2, (n_heads, -1)).permute(0, 2, 1, 3)
    out = torch.softmax(q @ k.mT / root + bias, dim=-1) @ v
    if absorbed:
        out = out @ up_v.unflatten(0, (n_heads, -1)).mT
    y = out.permute(0, 2, 1, 3).flatten(2) @ w_o64.mT
    return y.to(x.dtype), latents


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    return both(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past, absorbed=False)


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    return both(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past, absorbed=True)

# %% right | weights-multiplied-first | W_q with W_up_k and W_up_v with W_o are made one matrix a head
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T)
    return scores.masked_fill(~seen, -math.inf).softmax(dim=-1)


def latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    k = heads(latents @ w_up_k.mT, n_heads)
    v = heads(latents @ w_up_v.mT, n_heads)
    scores = q @ k.mT / math.sqrt(q.size(-1))
    out = weights_of(scores) @ v
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    """Both products of weights are made first: (D, r) for the queries, (r, D) for the output."""
    c = F.linear(x, w_down)
    c = c if past is None else torch.cat((past, c), dim=1)
    d = w_q.size(0) // n_heads
    query_maps = torch.bmm(w_q.unflatten(0, (n_heads, d)).mT, w_up_k.unflatten(0, (n_heads, d)))
    out_maps = torch.bmm(w_up_v.unflatten(0, (n_heads, -1)).mT, w_o.mT.unflatten(0, (n_heads, -1)))
    scores = (x.unsqueeze(1) @ query_maps) @ c.unsqueeze(1).mT / d**0.5
    mixed = weights_of(scores) @ c.unsqueeze(1)
    return (mixed @ out_maps).sum(dim=1), c

# %% wrong | keys-in-another-order | the absorbed function makes keys as (P + T, B, H, d), another order of the dimensions that the stub rules out as well
import math

import torch
import torch.nn.functional as F


def _begin(x, w_down, w_q, H, past):
    c = F.linear(x, w_down)
    if past is not None:
        c = torch.cat([past, c], 1)
    q = F.linear(x, w_q)
    B, T, HD = q.shape
    return q.reshape(B, T, H, HD // H), c


def _softmax(scores, T, S):
    where = torch.arange(S - T, S, device=scores.device)
    hidden = torch.arange(S, device=scores.device)[None, :] > where[:, None]
    return F.softmax(scores.masked_fill(hidden, torch.finfo(scores.dtype).min), -1)


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    q, c = _begin(x, w_down, w_q, n_heads, past)
    up_k = w_up_k.reshape(n_heads, -1, c.shape[-1])
    up_v = w_up_v.reshape(n_heads, -1, c.shape[-1])
    k = torch.einsum("bsr,hdr->bshd", c, up_k)
    v = torch.einsum("bsr,hvr->bshv", c, up_v)
    p = _softmax(torch.einsum("bthd,bshd->bhts", q, k) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    out = torch.einsum("bhts,bshv->bthv", p, v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    q, c = _begin(x, w_down, w_q, n_heads, past)
    up_k = w_up_k.reshape(n_heads, -1, c.shape[-1])
    up_v = w_up_v.reshape(n_heads, -1, c.shape[-1])
    k = (c.transpose(0, 1).unsqueeze(2).unsqueeze(3) @ up_k.mT).squeeze(3)
    p = _softmax(torch.einsum("bthd,sbhd->bhts", q, k) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    mix = torch.einsum("bhts,bsr->bthr", p, c)
    out = torch.einsum("bthr,hvr->bthv", mix, up_v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c

# %% wrong | past-as-constant | past is detached, as caches often are, so no gradient reaches it
import math

import torch
import torch.nn.functional as F


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    """Head by head, with plain two-dimensional weights."""
    new = x @ w_down.T
    latents = new if past is None else torch.cat((past.detach(), new), dim=1)
    T, S = x.size(1), latents.size(1)
    mask = torch.ones(S, S, dtype=torch.bool, device=x.device).tril()[S - T :]
    outs = []
    for wk, wv, wq in zip(w_up_k.chunk(n_heads), w_up_v.chunk(n_heads), w_q.chunk(n_heads)):
        outs.append(F.scaled_dot_product_attention(x @ wq.T, latents @ wk.T, latents @ wv.T, attn_mask=mask))
    return torch.cat(outs, dim=-1) @ w_o.T, latents


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    new = x @ w_down.T
    latents = new if past is None else torch.cat((past.detach(), new), dim=1)
    T, S = x.size(1), latents.size(1)
    mask = torch.ones(S, S, dtype=torch.bool, device=x.device).tril()[S - T :]
    out = 0
    pieces = zip(w_up_k.chunk(n_heads), w_up_v.chunk(n_heads), w_q.chunk(n_heads), w_o.chunk(n_heads, dim=1))
    for wk, wv, wq, wo in pieces:
        scores = ((x @ wq.T) @ wk) @ latents.mT * len(wk) ** -0.5
        weights = torch.where(mask, scores, -math.inf).softmax(-1)
        out = out + ((weights @ latents) @ wv.T) @ wo.T
    return out, latents

# %% wrong | past-sees-only-one-more | with a past all T new tokens see the past and themselves but not the tokens of x before them
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T)
    if S > T:
        seen[:, S - T :] = torch.eye(T, dtype=torch.bool, device=seen.device)
    return scores.masked_fill(~seen, -math.inf).softmax(dim=-1)


def latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    k = heads(latents @ w_up_k.mT, n_heads)
    v = heads(latents @ w_up_v.mT, n_heads)
    scores = q @ k.mT / math.sqrt(q.size(-1))
    out = weights_of(scores) @ v
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents


def absorbed_latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    moved = q @ w_up_k.unflatten(0, (n_heads, -1))
    scores = moved @ latents.unsqueeze(1).mT / math.sqrt(q.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents

# %% wrong | latents-of-the-first-head | W_up_k of head 0 is moved to the queries of all heads in the absorbed function
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T)
    return scores.masked_fill(~seen, -math.inf).softmax(dim=-1)


def latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    k = heads(latents @ w_up_k.mT, n_heads)
    v = heads(latents @ w_up_v.mT, n_heads)
    scores = q @ k.mT / math.sqrt(q.size(-1))
    out = weights_of(scores) @ v
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents


def absorbed_latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    moved = q @ w_up_k[: q.size(-1)]
    scores = moved @ latents.unsqueeze(1).mT / math.sqrt(q.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents

# %% wrong | x-past-detached | the latents of the past are detached, so no gradient reaches them
import math

import torch


def _latents(x, w_down, past):
    c = x @ w_down.T
    return c if past is None else torch.cat([past.detach(), c], dim=1)


def _weights(scores):
    T, S = scores.shape[-2:]
    mask = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T)
    return scores.masked_fill(~mask, -math.inf).softmax(dim=-1)


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    latents = _latents(x, w_down, past)
    q, k, v = (
        y.unflatten(-1, (n_heads, -1)).transpose(1, 2)
        for y in (x @ w_q.T, latents @ w_up_k.T, latents @ w_up_v.T)
    )
    weights = _weights(q @ k.transpose(-2, -1) / math.sqrt(q.size(-1)))
    return (weights @ v).transpose(1, 2).flatten(2) @ w_o.T, latents


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    latents = _latents(x, w_down, past)
    q = (x @ w_q.T).unflatten(-1, (n_heads, -1)).transpose(1, 2)
    d = q.size(-1)
    q = q @ w_up_k.unflatten(0, (n_heads, -1))
    weights = _weights(q @ latents.unsqueeze(1).transpose(-2, -1) / math.sqrt(d))
    mixed = weights @ latents.unsqueeze(1)
    heads = mixed @ w_up_v.unflatten(0, (n_heads, -1)).transpose(-2, -1)
    return heads.transpose(1, 2).flatten(2) @ w_o.T, latents


# %% wrong | x-root-of-the-value-width | the absorbed form divides by the root of d_v, the one width it still sees, and not of d
import math

import torch


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    B, T, _ = x.shape
    new = torch.nn.functional.linear(x, w_down)
    latents = new if past is None else torch.cat((past, new), dim=1)
    S = latents.shape[1]
    q = torch.einsum("btx,yx->bty", x, w_q).reshape(B, T, n_heads, -1)
    k = torch.einsum("bsr,yr->bsy", latents, w_up_k).reshape(B, S, n_heads, -1)
    v = torch.einsum("bsr,yr->bsy", latents, w_up_v).reshape(B, S, n_heads, -1)
    scores = torch.einsum("bthd,bshd->bhts", q, k) / math.sqrt(q.shape[-1])
    later = torch.arange(S, device=x.device) > torch.arange(S - T, S, device=x.device)[:, None]
    weights = scores.masked_fill(later, float("-inf")).softmax(dim=-1)
    heads = torch.einsum("bhts,bshe->bthe", weights, v).reshape(B, T, -1)
    return torch.einsum("bty,xy->btx", heads, w_o), latents


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    B, T, _ = x.shape
    new = torch.nn.functional.linear(x, w_down)
    latents = new if past is None else torch.cat((past, new), dim=1)
    S, r = latents.shape[1:]
    up_k = w_up_k.reshape(n_heads, -1, r)
    up_v = w_up_v.reshape(n_heads, -1, r)
    width = up_v.shape[1]
    q = torch.einsum("btx,yx->bty", x, w_q).reshape(B, T, n_heads, -1)
    q = torch.einsum("bthd,hdr->bhtr", q, up_k) / math.sqrt(width)
    scores = torch.einsum("bhtr,bsr->bhts", q, latents)
    later = torch.arange(S, device=x.device) > torch.arange(S - T, S, device=x.device)[:, None]
    weights = scores.masked_fill(later, float("-inf")).softmax(dim=-1)
    mixed = torch.einsum("bhts,bsr->bhtr", weights, latents)
    heads = torch.einsum("bhtr,her->bthe", mixed, up_v).reshape(B, T, -1)
    return torch.einsum("bty,xy->btx", heads, w_o), latents
