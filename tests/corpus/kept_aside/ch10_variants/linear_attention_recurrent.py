# %% right | step-in-double | a step function, float64 inside
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    """One step per chunk, in float64."""
    if chunk < 1:
        raise ValueError("chunk")
    dtype = q.dtype
    if memory is None:
        memory, total = 0.0 * (k[..., 0, :, None] * v[..., 0, None, :]), 0.0 * k[..., 0, :]
    m, z = memory.double(), total.double()
    parts = []
    for qc, kc, vc in zip(*(t.double().split(chunk, dim=-2) for t in (q, k, v))):
        part, m, z = step(qc, kc, vc, m, z)
        parts.append(part)
    return LinearAttention(torch.cat(parts, -2).to(dtype), m.to(dtype), z.to(dtype))


def step(q, k, v, m, z):
    n = q.size(-2)
    later = torch.ones(n, n, dtype=torch.bool, device=q.device).triu(1)
    table = (q @ k.mT).masked_fill(later, 0.0)
    top = table @ v + q @ m
    bottom = table.sum(-1) + (q * z.unsqueeze(-2)).sum(-1)
    return top / bottom.unsqueeze(-1), m + k.mT @ v, z + k.sum(-2)

# %% right | state-as-keys | the state stands in front of each chunk as d more keys
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError(f"{chunk} tokens in a chunk?")

    # With a state given, put it in front as d more keys: the rows of the unit matrix,
    # whose values are the rows of memory.  Then each chunk reads keys that are made of the state.
    d = q.size(-1)
    eye = torch.eye(d, dtype=q.dtype, device=q.device).expand(*q.shape[:-2], d, d)
    m = torch.zeros_like(eye @ k[..., :1, :].mT @ v[..., :1, :]) if memory is None else memory
    z = torch.zeros_like(k[..., 0, :]) if total is None else total
    rows = []
    for s in range(0, q.size(-2), chunk):
        q_c, k_c, v_c = (t[..., s : s + chunk, :] for t in (q, k, v))
        n = q_c.size(-2)
        keys = torch.cat((eye, k_c), dim=-2)
        weights = (q_c @ keys.mT).tril(d)
        values = torch.cat((m, v_c), dim=-2)
        counts = torch.cat((z, torch.ones_like(k_c[..., 0])), dim=-1).unsqueeze(-1)
        rows += ((weights @ values) / (weights @ counts)).unbind(dim=-2)
        m = m + sum(k_c[..., i, :, None] * v_c[..., i, None, :] for i in range(n))
        z = z + k_c.sum(dim=-2)
    return LinearAttention(torch.stack(rows, dim=-2), m, z)

# %% wrong | state-changed-in-place | the state is added to in place through .data, so a memory and total that are given change, and no gradient passes through the state
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
        raise ValueError(f"chunk is {chunk}, but has to be at least 1")
    if memory is None:
        memory = q.new_zeros(*q.shape[:-2], k.size(-1), v.size(-1))
        total = q.new_zeros(*q.shape[:-2], k.size(-1))
    outputs = []
    for start in range(0, q.size(-2), chunk):
        q_c = q[..., start : start + chunk, :]
        k_c = k[..., start : start + chunk, :]
        v_c = v[..., start : start + chunk, :]
        weights = (q_c @ k_c.transpose(-2, -1)).tril()
        numerator = q_c @ memory + weights @ v_c
        divisor = q_c @ total.unsqueeze(-1) + weights.sum(dim=-1, keepdim=True)
        outputs.append(numerator / divisor)
        memory.data += k_c.transpose(-2, -1) @ v_c
        total.data += k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | state-detached | memory and total are detached between chunks, as in truncated backpropagation, so that gradients of later tokens do not reach earlier ones
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    """One step per chunk, in float64."""
    if chunk < 1:
        raise ValueError("chunk")
    dtype = q.dtype
    if memory is None:
        memory, total = 0.0 * (k[..., 0, :, None] * v[..., 0, None, :]), 0.0 * k[..., 0, :]
    m, z = memory.double(), total.double()
    parts = []
    for qc, kc, vc in zip(*(t.double().split(chunk, dim=-2) for t in (q, k, v))):
        part, m, z = step(qc, kc, vc, m, z)
        parts.append(part)
        m, z = m.detach(), z.detach()
    return LinearAttention(torch.cat(parts, -2).to(dtype), m.to(dtype), z.to(dtype))


def step(q, k, v, m, z):
    n = q.size(-2)
    later = torch.ones(n, n, dtype=torch.bool, device=q.device).triu(1)
    table = (q @ k.mT).masked_fill(later, 0.0)
    top = table @ v + q @ m
    bottom = table.sum(-1) + (q * z.unsqueeze(-2)).sum(-1)
    return top / bottom.unsqueeze(-1), m + k.mT @ v, z + k.sum(-2)

# %% wrong | total-starts-anew | the memory given is used and the total given is not, neither in the divisor nor in what is returned
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


class State:
    def __init__(self, memory, total):
        self.memory, self.total = memory, total

    def read(self, q):
        return torch.matmul(q, self.memory), torch.matmul(q, self.total.unsqueeze(-1))

    def write(self, k, v):
        return State(self.memory + torch.matmul(k.mT, v), self.total + k.sum(-2))


def inside(q, k, v):
    """What the tokens of a chunk get of each other, row by row."""
    tops, bottoms = [], []
    for t in range(q.size(-2)):
        weights = (q[..., t : t + 1, :] * k[..., : t + 1, :]).sum(-1)
        tops.append((weights.unsqueeze(-1) * v[..., : t + 1, :]).sum(-2))
        bottoms.append(weights.sum(-1, keepdim=True))
    return torch.stack(tops, -2), torch.stack(bottoms, -2)


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if not chunk > 0:
        raise ValueError(chunk)
    if memory is None:
        first = k[..., 0, :]
        memory = torch.zeros_like(first.unsqueeze(-1) * v[..., :1, :])
        total = torch.zeros_like(first)
    state = State(memory, torch.zeros_like(total))
    pieces = []
    start = 0
    while start < q.size(-2):
        here = slice(start, start + chunk)
        a, b, c = q[..., here, :], k[..., here, :], v[..., here, :]
        top, bottom = state.read(a)
        top_in, bottom_in = inside(a, b, c)
        pieces.append((top + top_in) / (bottom + bottom_in))
        state = state.write(b, c)
        start += chunk
    return LinearAttention(output=torch.cat(pieces, dim=-2), memory=state.memory, total=state.total)

# %% wrong | chunk-size-of-the-first | the triangle is made once, for a full chunk, so a smaller last chunk or one larger than T is an error
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    triangle = torch.ones(chunk, chunk, dtype=q.dtype, device=q.device).tril()
    if memory is None:
        memory = torch.zeros(*q.shape[:-2], q.size(-1), v.size(-1), dtype=q.dtype, device=q.device)
        total = torch.zeros_like(memory[..., 0])
    outs = []
    for qc, kc, vc in zip(q.split(chunk, -2), k.split(chunk, -2), v.split(chunk, -2)):
        w = (qc @ kc.mT) * triangle
        outs.append((w @ vc + qc @ memory) / (w.sum(-1) + (qc @ total[..., None])[..., 0])[..., None])
        memory, total = memory + kc.mT @ vc, total + kc.sum(-2)
    return LinearAttention(torch.cat(outs, -2), memory, total)

# %% wrong | x-state-filled-up-in-place | adds to the given memory and total in place, so the caller's tensors are changed
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    if memory is None:
        memory = q.new_zeros(*q.shape[:-2], q.size(-1), v.size(-1))
        total = q.new_zeros(*q.shape[:-2], q.size(-1))
    pieces = []
    for q_c, k_c, v_c in zip(
        q.split(chunk, dim=-2), k.split(chunk, dim=-2), v.split(chunk, dim=-2)
    ):
        weights = (q_c @ k_c.transpose(-2, -1)).tril()
        top = q_c @ memory.clone() + weights @ v_c
        bottom = q_c @ total.clone().unsqueeze(-1) + weights.sum(dim=-1, keepdim=True)
        pieces.append(top / bottom)
        memory += k_c.transpose(-2, -1) @ v_c
        total += k_c.sum(dim=-2)
    return LinearAttention(torch.cat(pieces, dim=-2), memory, total)


# %% wrong | x-state-one-chunk-behind | a chunk goes into the state when the next one begins, so the last chunk is missing in what is given back
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
        raise ValueError("chunk is below 1")
    lead, d, e = q.shape[:-2], q.shape[-1], v.shape[-1]
    M = torch.zeros(*lead, d, e, dtype=q.dtype, device=q.device) if memory is None else memory
    z = torch.zeros(*lead, d, dtype=q.dtype, device=q.device) if total is None else total
    rows = []
    for start in range(0, q.shape[-2], chunk):
        if start > 0:
            old = slice(start - chunk, start)
            M = M + torch.einsum("...sd,...se->...de", k[..., old, :], v[..., old, :])
            z = z + k[..., old, :].sum(dim=-2)
        now = slice(start, start + chunk)
        a = torch.einsum("...td,...sd->...ts", q[..., now, :], k[..., now, :]).tril()
        top = torch.einsum("...td,...de->...te", q[..., now, :], M) + a @ v[..., now, :]
        bottom = torch.einsum("...td,...d->...t", q[..., now, :], z) + a.sum(dim=-1)
        rows.append(top / bottom.unsqueeze(-1))
    return LinearAttention(torch.cat(rows, dim=-2), M, z)
