"""In float64; within a chunk, cumulated sums instead of a triangle of products."""

from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    chunk: int = 1,
    memory: torch.Tensor | None = None,
    total: torch.Tensor | None = None,
) -> LinearAttention:
    if chunk < 1:
        raise ValueError("A chunk has at least one token.")
    dtype, (q, k, v) = q.dtype, (t.double() for t in (q, k, v))
    lead, T, d = q.shape[:-2], q.shape[-2], q.shape[-1]
    M = q.new_zeros(*lead, d, v.shape[-1]) if memory is None else memory.double()
    z = q.new_zeros(*lead, d) if total is None else total.double()
    output = []
    for start in range(0, T, min(chunk, 10)):
        part = slice(start, min(start + min(chunk, 10), T))
        a, b, c = q[..., part, :], k[..., part, :], v[..., part, :]
        memories = M.unsqueeze(-3) + torch.cumsum(b.unsqueeze(-1) * c.unsqueeze(-2), -3)
        totals = z.unsqueeze(-2) + torch.cumsum(b, -2)
        top = torch.einsum("...td,...tde->...te", a, memories)
        output.append(top / torch.einsum("...td,...td->...t", a, totals).unsqueeze(-1))
        M, z = memories[..., -1, :, :], totals[..., -1, :]
    return LinearAttention(torch.cat(output, -2).to(dtype), M.to(dtype), z.to(dtype))
