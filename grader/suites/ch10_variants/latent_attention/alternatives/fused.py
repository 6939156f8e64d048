"""Torch's own attention, over keys and values in one form and over the latents in the other."""

import torch
import torch.nn.functional as F


def allowed(T, S, device):
    return torch.ones(T, S, dtype=torch.bool, device=device).tril(diagonal=S - T)


def heads_of(t, H):
    B, T, _ = t.shape
    return t.view(B, T, H, -1).transpose(1, 2)


def latents_of(x, w_down, past):
    new = x @ w_down.t()
    return torch.cat([past, new], 1) if past is not None else new


def joined(heads, w_o):
    B, H, T, e = heads.shape
    return heads.transpose(1, 2).reshape(B, T, H * e) @ w_o.t()


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
    c = latents_of(x, w_down, past)
    q, k, v = (heads_of(t @ w.t(), n_heads) for t, w in ((x, w_q), (c, w_up_k), (c, w_up_v)))
    mask = allowed(x.size(1), c.size(1), x.device)
    return joined(F.scaled_dot_product_attention(q, k, v, attn_mask=mask), w_o), c


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
    c = latents_of(x, w_down, past)
    d = w_q.size(0) // n_heads
    q = heads_of(x @ w_q.t(), n_heads)
    q = torch.stack([q[:, h] @ w for h, w in enumerate(w_up_k.split(d))], dim=1)
    shared = c[:, None].expand(-1, n_heads, -1, -1)
    mask = allowed(x.size(1), c.size(1), x.device)
    mixed = F.scaled_dot_product_attention(q, shared, shared, attn_mask=mask, scale=d**-0.5)
    values = w_up_v.chunk(n_heads)
    return joined(torch.stack([mixed[:, h] @ values[h].t() for h in range(n_heads)], 1), w_o), c
