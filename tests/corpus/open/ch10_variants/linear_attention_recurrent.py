# %% right | chunks-with-tril | slices, tril, and a state that is added to
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
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% right | ones-column | einsum and one more column of values that is 1
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    """Einsum; the divisor is the numerator of a value that is 1 everywhere."""
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    ones = torch.ones_like(v[..., :1])
    v1 = torch.cat([v, ones], dim=-1)
    state = 0 * torch.einsum("...d,...v->...dv", k[..., 0, :], v1[..., 0, :])
    if memory is not None:
        state = torch.cat([memory, total[..., None]], dim=-1)
    out = []
    for qc, kc, vc in zip(q.split(chunk, -2), k.split(chunk, -2), v1.split(chunk, -2)):
        n = qc.shape[-2]
        mask = torch.tril(torch.ones(n, n, dtype=q.dtype, device=q.device))
        w = torch.einsum("...td,...sd->...ts", qc, kc) * mask
        both = torch.einsum("...ts,...sv->...tv", w, vc) + torch.einsum("...td,...dv->...tv", qc, state)
        out.append(both[..., :-1] / both[..., -1:])
        state = state + torch.einsum("...sd,...sv->...dv", kc, vc)
    return LinearAttention(torch.cat(out, -2), state[..., :-1], state[..., -1])

# %% right | state-class | a class for the state, the inside of a chunk row by row
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
    state = State(memory, total)
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

# %% right | three-dimensions | flattened leading dimensions, baddbmm, cumsum of the keys for the divisor
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk < 1")
    lead, T = q.shape[:-2], q.shape[-2]
    d, d_v = k.shape[-1], v.shape[-1]
    q3, k3, v3 = q.reshape(-1, T, d), k.reshape(-1, T, d), v.reshape(-1, T, d_v)
    n = q3.shape[0]
    if memory is None:
        m = torch.zeros(n, d, d_v, dtype=q.dtype, device=q.device)
        z = torch.zeros(n, d, dtype=q.dtype, device=q.device)
    else:
        m, z = memory.reshape(n, d, d_v), total.reshape(n, d)
    outs = []
    for i in range((T + chunk - 1) // chunk):
        s = slice(i * chunk, min((i + 1) * chunk, T))
        w = torch.bmm(q3[:, s], k3[:, s].transpose(1, 2)).tril()
        top = torch.baddbmm(torch.bmm(w, v3[:, s]), q3[:, s], m)
        # the sums of keys up to each token, with the earlier ones
        z_t = z.unsqueeze(1) + k3[:, s].cumsum(dim=1)
        outs.append(top / (q3[:, s] * z_t).sum(-1, keepdim=True))
        m = torch.baddbmm(m, k3[:, s].transpose(1, 2), v3[:, s])
        z = z_t[:, -1]
    out = torch.cat(outs, dim=1)
    return LinearAttention(out.reshape(*lead, T, d_v), m.reshape(*lead, d, d_v), z.reshape(*lead, d))

# %% wrong | own-token-left-out | the triangle is strict, so a token does not count for its own output; NaN for the first one
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
        weights = (q_c @ k_c.transpose(-2, -1)).tril(-1)
        numerator = q_c @ memory + weights @ v_c
        divisor = q_c @ total.unsqueeze(-1) + weights.sum(dim=-1, keepdim=True)
        outputs.append(numerator / divisor)
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | chunks-apart | the state is carried along but the tokens of a chunk do not read it
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
        numerator = weights @ v_c
        divisor = weights.sum(dim=-1, keepdim=True)
        outputs.append(numerator / divisor)
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | state-missing-in-the-divisor | the divisor has only the weights of the own chunk
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
        divisor = weights.sum(dim=-1, keepdim=True)
        outputs.append(numerator / divisor)
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | given-state-ignored | memory and total that are given are replaced by zeros
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
    if True:
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
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | no-triangle-in-the-chunk | within a chunk each token sees the later ones too; right for chunk = 1
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    """Einsum; the divisor is the numerator of a value that is 1 everywhere."""
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    ones = torch.ones_like(v[..., :1])
    v1 = torch.cat([v, ones], dim=-1)
    state = 0 * torch.einsum("...d,...v->...dv", k[..., 0, :], v1[..., 0, :])
    if memory is not None:
        state = torch.cat([memory, total[..., None]], dim=-1)
    out = []
    for qc, kc, vc in zip(q.split(chunk, -2), k.split(chunk, -2), v1.split(chunk, -2)):
        n = qc.shape[-2]
        mask = torch.tril(torch.ones(n, n, dtype=q.dtype, device=q.device))
        w = torch.einsum("...td,...sd->...ts", qc, kc)
        both = torch.einsum("...ts,...sv->...tv", w, vc) + torch.einsum("...td,...dv->...tv", qc, state)
        out.append(both[..., :-1] / both[..., -1:])
        state = state + torch.einsum("...sd,...sv->...dv", kc, vc)
    return LinearAttention(torch.cat(out, -2), state[..., :-1], state[..., -1])

# %% wrong | state-written-first | the chunk is added to the state before it is read, and its own tokens are then counted a second time
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    memory = 0 if memory is None else memory
    total = 0 if total is None else total
    outs = []
    for qc, kc, vc in zip(q.split(chunk, -2), k.split(chunk, -2), v.split(chunk, -2)):
        memory = memory + kc.mT @ vc
        total = total + kc.sum(-2)
        w = (qc @ kc.mT).tril()
        outs.append((qc @ memory + w @ vc) / (qc @ total[..., None] + w.sum(-1, keepdim=True)))
    return LinearAttention(torch.cat(outs, -2), memory, total)

# %% wrong | all-weights-at-once | the whole table of T times T weights is made, and chunk is only checked
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    w = (q @ k.mT).tril()
    top, bottom = w @ v, w.sum(-1, keepdim=True)
    new_memory, new_total = k.mT @ v, k.sum(-2)
    if memory is not None:
        top, bottom = top + q @ memory, bottom + q @ total.unsqueeze(-1)
        new_memory, new_total = new_memory + memory, new_total + total
    return LinearAttention(top / bottom, new_memory, new_total)

# %% wrong | states-of-all-tokens | cumsum of the outer products gives the state of each token at once: T · d · d_v numbers
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    states = (k.unsqueeze(-1) * v.unsqueeze(-2)).cumsum(dim=-3)
    sums = k.cumsum(dim=-2)
    if memory is not None:
        states = states + memory.unsqueeze(-3)
        sums = sums + total.unsqueeze(-2)
    top = (q.unsqueeze(-2) @ states).squeeze(-2)
    return LinearAttention(top / (q * sums).sum(-1, keepdim=True), states[..., -1, :, :], sums[..., -1, :])

# %% wrong | rest-dropped | T // chunk chunks are read, so the last tokens are missing where chunk does not divide T
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    if chunk < 1:
        raise ValueError("chunk < 1")
    lead, T = q.shape[:-2], q.shape[-2]
    d, d_v = k.shape[-1], v.shape[-1]
    q3, k3, v3 = q.reshape(-1, T, d), k.reshape(-1, T, d), v.reshape(-1, T, d_v)
    n = q3.shape[0]
    if memory is None:
        m = torch.zeros(n, d, d_v, dtype=q.dtype, device=q.device)
        z = torch.zeros(n, d, dtype=q.dtype, device=q.device)
    else:
        m, z = memory.reshape(n, d, d_v), total.reshape(n, d)
    outs = []
    for i in range(max(T // chunk, 1)):
        s = slice(i * chunk, min((i + 1) * chunk, T))
        w = torch.bmm(q3[:, s], k3[:, s].transpose(1, 2)).tril()
        top = torch.baddbmm(torch.bmm(w, v3[:, s]), q3[:, s], m)
        # the sums of keys up to each token, with the earlier ones
        z_t = z.unsqueeze(1) + k3[:, s].cumsum(dim=1)
        outs.append(top / (q3[:, s] * z_t).sum(-1, keepdim=True))
        m = torch.baddbmm(m, k3[:, s].transpose(1, 2), v3[:, s])
        z = z_t[:, -1]
    out = torch.cat(outs, dim=1)
    return LinearAttention(out.reshape(*lead, -1, d_v), m.reshape(*lead, d, d_v), z.reshape(*lead, d))

# %% wrong | softmax-left-in | the weights within a chunk are exponentials of q · k / √d, as in attention
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
        weights = (q_c @ k_c.transpose(-2, -1) / q.size(-1) ** 0.5).exp().tril()
        numerator = q_c @ memory + weights @ v_c
        divisor = q_c @ total.unsqueeze(-1) + weights.sum(dim=-1, keepdim=True)
        outputs.append(numerator / divisor)
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | not-divided | the weighted sum is given as it is and not divided by the sum of the weights
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
        outputs.append(numerator)
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | epsilon-in-the-divisor | 1e-6 is added to the divisor, which changes the mean where the features are small and in float64 everywhere
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
        outputs.append(numerator / (divisor + 1e-6))
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | zero-chunk-mended | a chunk below 1 is taken for 1 and raises no ValueError
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
        chunk = 1
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
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | last-chunk-not-written | after the last chunk the state is not brought up to date, since nothing here reads it any more: what is returned lacks its tokens
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
        if start + chunk >= q.size(-2):
            break
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory, total)

# %% wrong | divisor-without-gradient | the divisor is detached, so the output is right and the gradients of q, k and total are not
from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(q, k, v, chunk=1, memory=None, total=None):
    """Einsum; the divisor is the numerator of a value that is 1 everywhere."""
    if chunk < 1:
        raise ValueError("chunk must be at least 1")
    ones = torch.ones_like(v[..., :1])
    v1 = torch.cat([v, ones], dim=-1)
    state = 0 * torch.einsum("...d,...v->...dv", k[..., 0, :], v1[..., 0, :])
    if memory is not None:
        state = torch.cat([memory, total[..., None]], dim=-1)
    out = []
    for qc, kc, vc in zip(q.split(chunk, -2), k.split(chunk, -2), v1.split(chunk, -2)):
        n = qc.shape[-2]
        mask = torch.tril(torch.ones(n, n, dtype=q.dtype, device=q.device))
        w = torch.einsum("...td,...sd->...ts", qc, kc) * mask
        both = torch.einsum("...ts,...sv->...tv", w, vc) + torch.einsum("...td,...dv->...tv", qc, state)
        out.append(both[..., :-1] / both[..., -1:].detach())
        state = state + torch.einsum("...sd,...sv->...dv", kc, vc)
    return LinearAttention(torch.cat(out, -2), state[..., :-1], state[..., -1])

# %% wrong | own-tokens-only-returned | the state that is returned holds the tokens of this call only, without those of earlier calls
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
    memory_before, total_before = memory, total
    outputs = []
    for start in range(0, q.size(-2), chunk):
        q_c = q[..., start : start + chunk, :]
        k_c = k[..., start : start + chunk, :]
        v_c = v[..., start : start + chunk, :]
        weights = (q_c @ k_c.transpose(-2, -1)).tril()
        numerator = q_c @ memory + weights @ v_c
        divisor = q_c @ total.unsqueeze(-1) + weights.sum(dim=-1, keepdim=True)
        outputs.append(numerator / divisor)
        memory = memory + k_c.transpose(-2, -1) @ v_c
        total = total + k_c.sum(dim=-2)
    return LinearAttention(torch.cat(outputs, dim=-2), memory - memory_before, total - total_before)
