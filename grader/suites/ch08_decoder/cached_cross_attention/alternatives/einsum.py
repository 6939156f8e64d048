"""One axis for sources and one for their rows, joined by einsum."""

import torch


def project_memory(
    memory: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor, n_heads: int
) -> tuple[torch.Tensor, torch.Tensor]:
    if memory.shape[-1] % n_heads:
        raise ValueError("equal heads only")

    def heads(w):
        by_head = w.unflatten(0, (n_heads, -1))  # (H, d, D)
        return torch.einsum("bsi,hdi->bhsd", memory, by_head)

    return heads(w_k), heads(w_v)


def cached_cross_attention(x, k, v, w_q, w_o, memory_mask=None):
    B, H, _, d = k.shape
    if len(x) % B != 0:
        raise ValueError(f"{len(x)} rows for {B} sources")
    x = x.unflatten(0, (B, -1))  # (B, K, T, D)
    q = torch.einsum("bkti,hdi->bkhtd", x, w_q.unflatten(0, (H, d)))
    scores = torch.einsum("bkhtd,bhsd->bkhts", q, k) * d**-0.5
    if memory_mask is None:
        weights = scores.softmax(-1)
    else:
        allowed = memory_mask[:, None]
        weights = scores.where(allowed, torch.finfo(x.dtype).min).softmax(-1) * allowed
    found = torch.einsum("bkhts,bhsd->bkthd", weights, v)
    out = torch.einsum("bkthd,ohd->bkto", found, w_o.unflatten(1, (H, d)))
    return out.flatten(0, 1)
