# %% right | matmul-and-unflatten | unflatten, batched matmul, tril from the past on
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
    moved = q @ w_up_k.unflatten(0, (n_heads, -1))
    scores = moved @ latents.unsqueeze(1).mT / math.sqrt(q.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents

# %% right | einsum | einsum with h for the heads, positions compared for the mask
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
    q_r = torch.einsum("bthd,hdr->bthr", q, up_k)
    p = _softmax(torch.einsum("bthr,bsr->bhts", q_r, c) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    mix = torch.einsum("bhts,bsr->bthr", p, c)
    out = torch.einsum("bthr,hvr->bthv", mix, up_v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c

# %% right | head-by-head | a loop over chunks of the weights, library attention in the first function, W_o head by head in the second
import math

import torch
import torch.nn.functional as F


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    """Head by head, with plain two-dimensional weights."""
    new = x @ w_down.T
    latents = new if past is None else torch.cat((past, new), dim=1)
    T, S = x.size(1), latents.size(1)
    mask = torch.ones(S, S, dtype=torch.bool, device=x.device).tril()[S - T :]
    outs = []
    for wk, wv, wq in zip(w_up_k.chunk(n_heads), w_up_v.chunk(n_heads), w_q.chunk(n_heads)):
        outs.append(F.scaled_dot_product_attention(x @ wq.T, latents @ wk.T, latents @ wv.T, attn_mask=mask))
    return torch.cat(outs, dim=-1) @ w_o.T, latents


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    new = x @ w_down.T
    latents = new if past is None else torch.cat((past, new), dim=1)
    T, S = x.size(1), latents.size(1)
    mask = torch.ones(S, S, dtype=torch.bool, device=x.device).tril()[S - T :]
    out = 0
    pieces = zip(w_up_k.chunk(n_heads), w_up_v.chunk(n_heads), w_q.chunk(n_heads), w_o.chunk(n_heads, dim=1))
    for wk, wv, wq, wo in pieces:
        scores = ((x @ wq.T) @ wk) @ latents.mT * len(wk) ** -0.5
        weights = torch.where(mask, scores, -math.inf).softmax(-1)
        out = out + ((weights @ latents) @ wv.T) @ wo.T
    return out, latents

# %% right | row-by-row | each query over the tokens it may see, without a mask
import math

import torch
import torch.nn.functional as F


class Latents:
    def __init__(self, x, w_down, past):
        pieces = [t for t in (past, x @ w_down.transpose(0, 1)) if t is not None]
        self.all = torch.cat(pieces, dim=1)
        self.before = self.all.shape[1] - x.shape[1]


def attend(q, k, v, before, divisor):
    """One query row after the other, over what it may see."""
    rows = []
    for t in range(q.shape[2]):
        end = before + t + 1
        s = (q[:, :, t : t + 1] * k[:, :, :end]).sum(-1) / divisor
        w = torch.exp(s - s.amax(-1, keepdim=True))
        w = w / w.sum(-1, keepdim=True)
        rows.append((w.unsqueeze(-1) * v[:, :, :end]).sum(-2))
    return torch.stack(rows, dim=1)                 # (B, T, H, ...)


def cut(t, n):
    return torch.stack(t.tensor_split(n, dim=-1), dim=1)


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    lat = Latents(x, w_down, past)
    q = cut(x @ w_q.t(), n_heads)
    k = cut(lat.all @ w_up_k.t(), n_heads)
    v = cut(lat.all @ w_up_v.t(), n_heads)
    out = attend(q, k, v, lat.before, q.shape[-1] ** 0.5)
    return out.flatten(2) @ w_o.t(), lat.all


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    lat = Latents(x, w_down, past)
    q = cut(x @ w_q.t(), n_heads)
    d = q.shape[-1]
    wide = torch.matmul(q, w_up_k.view(n_heads, d, -1) if w_up_k.is_contiguous() else w_up_k.reshape(n_heads, d, -1))
    c = lat.all.unsqueeze(1)
    mixed = attend(wide, c, c, lat.before, math.sqrt(d)).transpose(1, 2)
    up = w_up_v.reshape(n_heads, -1, w_up_v.shape[1])
    out = (mixed @ up.transpose(1, 2)).permute(0, 2, 1, 3)
    return out.reshape(*x.shape[:2], -1) @ w_o.t(), lat.all

# %% wrong | divided-by-the-root-of-r | the absorbed scores are divided by the root of r, the width of the moved queries
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
    moved = q @ w_up_k.unflatten(0, (n_heads, -1))
    scores = moved @ latents.unsqueeze(1).mT / math.sqrt(moved.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents

# %% wrong | triangle-at-the-wrong-corner | the triangle begins at the left, so with a past the new tokens do not see it all
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril()
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

# %% wrong | no-mask | tokens of x see the later ones of x
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T)
    return scores.softmax(dim=-1)


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

# %% wrong | new-latents-only | only the latents of the tokens of x are given back, without past
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
    new = latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    k = heads(latents @ w_up_k.mT, n_heads)
    v = heads(latents @ w_up_v.mT, n_heads)
    scores = q @ k.mT / math.sqrt(q.size(-1))
    out = weights_of(scores) @ v
    return out.transpose(1, 2).flatten(2) @ w_o.mT, new


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
    new = latents = x @ w_down.mT
    if past is not None:
        latents = torch.cat((past, latents), dim=1)
    q = heads(x @ w_q.mT, n_heads)
    moved = q @ w_up_k.unflatten(0, (n_heads, -1))
    scores = moved @ latents.unsqueeze(1).mT / math.sqrt(q.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, new

# %% wrong | past-behind | past is put behind the new latents, though the mask is made for past in front
import math

import torch
import torch.nn.functional as F


def _begin(x, w_down, w_q, H, past):
    c = F.linear(x, w_down)
    if past is not None:
        c = torch.cat([c, past], 1)
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
    q_r = torch.einsum("bthd,hdr->bthr", q, up_k)
    p = _softmax(torch.einsum("bthr,bsr->bhts", q_r, c) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    mix = torch.einsum("bhts,bsr->bthr", p, c)
    out = torch.einsum("bthr,hvr->bthv", mix, up_v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c

# %% wrong | features-dealt-to-the-heads | feature i belongs to head i mod H, in place of H runs of neighbours
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (-1, n_heads)).permute(0, 3, 1, 2)


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
    moved = q @ w_up_k.unflatten(0, (-1, n_heads)).transpose(0, 1)
    scores = moved @ latents.unsqueeze(1).mT / math.sqrt(q.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (-1, n_heads)).transpose(0, 1).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents

# %% wrong | absorbed-by-calling-the-first | the absorbed function calls the first one, which makes all keys and values
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
    return latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past)

# %% wrong | values-still-made | W_up_k goes over to the queries, but the values of all tokens and heads are made
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
    q_r = torch.einsum("bthd,hdr->bthr", q, up_k)
    p = _softmax(torch.einsum("bthr,bsr->bhts", q_r, c) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    v = torch.einsum("bsr,hvr->bshv", c, up_v)
    out = torch.einsum("bhts,bshv->bthv", p, v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c

# %% wrong | width-of-the-values-shared | the values are cut with the width d of the keys; fails or is wrong where d_v differs
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
    up_v = w_up_v.reshape(n_heads, q.shape[-1], c.shape[-1])
    k = torch.einsum("bsr,hdr->bshd", c, up_k)
    v = torch.einsum("bsr,hvr->bshv", c, up_v)
    p = _softmax(torch.einsum("bthd,bshd->bhts", q, k) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    out = torch.einsum("bhts,bshv->bthv", p, v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    q, c = _begin(x, w_down, w_q, n_heads, past)
    up_k = w_up_k.reshape(n_heads, -1, c.shape[-1])
    up_v = w_up_v.reshape(n_heads, q.shape[-1], c.shape[-1])
    q_r = torch.einsum("bthd,hdr->bthr", q, up_k)
    p = _softmax(torch.einsum("bthr,bsr->bhts", q_r, c) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    mix = torch.einsum("bhts,bsr->bthr", p, c)
    out = torch.einsum("bthr,hvr->bthv", mix, up_v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c

# %% wrong | heads-glued-without-a-transpose | (B, H, T, d_v) is reshaped to (B, T, H d_v) without moving the heads behind the tokens; right for T = 1
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
    return out.reshape(x.size(0), x.size(1), -1) @ w_o.mT, latents


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
    return out.reshape(x.size(0), x.size(1), -1) @ w_o.mT, latents

# %% wrong | scores-undivided | the scores are not divided by √d, in neither function
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
    scores = q @ k.mT
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
    scores = moved @ latents.unsqueeze(1).mT
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents

# %% wrong | own-token-hidden | a token attends to those before it but not to itself; the first one without a past becomes NaN
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T - 1)
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

# %% wrong | output-matrix-untransposed | the heads are multiplied with W_o and not with W_oᵀ, which fails or, where it is square, gives other numbers
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
    return out.transpose(1, 2).flatten(2) @ w_o, latents


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
    return out.transpose(1, 2).flatten(2) @ w_o, latents

# %% wrong | triangle-behind-the-softmax | the later tokens are set to 0 after the softmax, so the weights of a token no longer sum to 1
import math

import torch
import torch.nn.functional as F


def heads(t, n_heads):
    return t.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def weights_of(scores):
    T, S = scores.shape[-2:]
    seen = torch.ones(T, S, dtype=torch.bool, device=scores.device).tril(S - T)
    return scores.softmax(dim=-1) * seen


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

# %% wrong | softmax-in-float32 | the softmax is computed in float32 and cast back, so float64 keeps half of its digits only
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
    scores = scores.masked_fill(hidden, float("-inf"))
    return F.softmax(scores, -1, dtype=torch.float32).to(scores.dtype)


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
    q_r = torch.einsum("bthd,hdr->bthr", q, up_k)
    p = _softmax(torch.einsum("bthr,bsr->bhts", q_r, c) / q.shape[-1] ** 0.5, q.shape[1], c.shape[1])
    mix = torch.einsum("bhts,bsr->bthr", p, c)
    out = torch.einsum("bthr,hvr->bthv", mix, up_v)
    return F.linear(out.reshape(*out.shape[:2], -1), w_o), c

# %% wrong | latents-of-the-first-sequence | the absorbed scores are taken with the latents of sequence 0 for all of the batch; right for B = 1
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
    moved = q @ w_up_k.unflatten(0, (n_heads, -1))
    scores = moved @ latents[0].mT / math.sqrt(q.size(-1))
    mixed = weights_of(scores) @ latents.unsqueeze(1)
    out = mixed @ w_up_v.unflatten(0, (n_heads, -1)).mT
    return out.transpose(1, 2).flatten(2) @ w_o.mT, latents
