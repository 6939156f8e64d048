"""In float64, with einsum."""

import torch


def selective_scan(
    x: torch.Tensor,
    delta: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    c: torch.Tensor,
    skip: torch.Tensor,
    state: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    dtype = x.dtype
    x, delta, a, b, c, skip = (t.to(torch.float64) for t in (x, delta, a, b, c, skip))
    if state is None:
        state = torch.zeros(x.size(0), x.size(2), a.size(1), dtype=x.dtype, device=x.device)
    h = state.to(torch.float64)
    y = []
    for t in range(x.size(1)):
        fade = torch.einsum("bd,dn->bdn", delta[:, t], a).exp()
        h = fade * h + torch.einsum("bd,bn,bd->bdn", delta[:, t], b[:, t], x[:, t])
        y.append(torch.einsum("bdn,bn->bd", h, c[:, t]))
    return (torch.stack(y, 1) + skip * x).to(dtype), h.to(dtype)
