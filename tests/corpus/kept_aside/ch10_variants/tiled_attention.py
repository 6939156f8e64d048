# %% right | own-backward | an autograd function that computes the weights again in backward
import math

import torch


class Tiles(torch.autograd.Function):
    """Forward keeps one number per query; backward makes the weights again."""

    @staticmethod
    def forward(ctx, q, k, v, block):
        scale = q.size(-1) ** -0.5
        m = q.new_full((*q.shape[:-1], 1), -math.inf)
        l = q.new_zeros((*q.shape[:-1], 1))
        o = q.new_zeros((*q.shape[:-1], v.size(-1)))
        for k_b, v_b in zip(k.split(block, -2), v.split(block, -2)):
            s = (q @ k_b.mT).mul_(scale)
            new = torch.maximum(m, s.amax(-1, keepdim=True))
            s = s.sub_(new).exp_()
            keep = m.sub_(new).exp_()
            l.mul_(keep).add_(s.sum(-1, keepdim=True))
            o.mul_(keep).add_(s @ v_b)
            m = new
        o.div_(l)
        ctx.save_for_backward(q, k, v, o, m + l.log())
        ctx.block = block
        return o

    @staticmethod
    def backward(ctx, grad):
        q, k, v, o, log_sum = ctx.saved_tensors
        scale = q.size(-1) ** -0.5
        inner = (grad * o).sum(-1, keepdim=True)
        grad_q, grad_k, grad_v = torch.zeros_like(q), [], []
        for k_b, v_b in zip(k.split(ctx.block, -2), v.split(ctx.block, -2)):
            p = (q @ k_b.mT * scale - log_sum).exp()
            grad_s = p * (grad @ v_b.mT - inner) * scale
            grad_q = grad_q + grad_s @ k_b
            grad_k.append(grad_s.mT @ q)
            grad_v.append(p.mT @ grad)
        return grad_q, torch.cat(grad_k, -2), torch.cat(grad_v, -2), None


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    return Tiles.apply(q, k, v, block)

# %% right | class-with-a-ones-column | a class that sees blocks; the divisor is one more column of values
import math

import torch


class OnlineSoftmax:
    def __init__(self):
        self.top = None
        self.sums = None      # the sum of values, and in the last column that of the weights

    def see(self, scores, values):
        values = torch.nn.functional.pad(values, (0, 1), value=1.0)
        top = scores.max(dim=-1, keepdim=True).values.detach()
        if self.top is not None:
            top = torch.maximum(top, self.top)
        sums = torch.exp(scores - top) @ values
        if self.top is not None:
            sums = sums + self.sums * torch.exp(self.top - top)
        self.top, self.sums = top, sums

    def result(self):
        return self.sums[..., :-1] / self.sums[..., -1:]


def tiled_attention(q, k, v, block):
    if block <= 0:
        raise ValueError(block)
    softmax = OnlineSoftmax()
    n_blocks = -(-k.size(-2) // block)
    for i in range(n_blocks):
        rows = slice(i * block, (i + 1) * block)
        softmax.see(q @ k[..., rows, :].mT / math.sqrt(q.size(-1)), v[..., rows, :])
    return softmax.result()

# %% wrong | one-maximum-for-all-queries | the running maximum is one number for all queries, so a query with much lower scores gets 0 / 0
import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block < 1:
        raise ValueError(f"block is {block}, but has to be at least 1")
    root = math.sqrt(q.size(-1))
    m = torch.full_like(q[..., :1], -math.inf)
    l = torch.zeros_like(m)  # noqa: E741
    o = torch.zeros((), dtype=q.dtype, device=q.device)
    for start in range(0, k.size(-2), block):
        k_b = k[..., start : start + block, :]
        v_b = v[..., start : start + block, :]
        scores = q @ k_b.transpose(-2, -1) / root
        new = torch.maximum(m, scores.max())
        keep = (m - new).exp()
        weights = (scores - new).exp()
        l = keep * l + weights.sum(dim=-1, keepdim=True)  # noqa: E741
        o = keep * o + weights @ v_b
        m = new
    return o / l

# %% wrong | partials-of-all-blocks | m, l and o of every block are stacked and merged at the end, S / block times T · d_v numbers
import math

import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    ms, ls, os = [], [], []
    for k_b, v_b in zip(k.split(block, -2), v.split(block, -2)):
        s = q @ k_b.mT / math.sqrt(q.size(-1))
        m = s.amax(-1, keepdim=True)
        p = (s - m).exp()
        ms.append(m), ls.append(p.sum(-1, keepdim=True)), os.append(p @ v_b)
    ms, ls, os = torch.stack(ms), torch.stack(ls), torch.stack(os)
    f = (ms - ms.amax(0)).exp()
    return (f * os).sum(0) / (f * ls).sum(0)

# %% wrong | graph-cut-between-blocks | the sums so far are detached at each block to save memory, so only the last block gets its gradients
import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block < 1:
        raise ValueError(f"block is {block}, but has to be at least 1")
    root = math.sqrt(q.size(-1))
    m = torch.full_like(q[..., :1], -math.inf)
    l = torch.zeros_like(m)  # noqa: E741
    o = torch.zeros((), dtype=q.dtype, device=q.device)
    for start in range(0, k.size(-2), block):
        k_b = k[..., start : start + block, :]
        v_b = v[..., start : start + block, :]
        scores = q @ k_b.transpose(-2, -1) / root
        new = torch.maximum(m, scores.amax(dim=-1, keepdim=True))
        keep = (m - new).exp()
        weights = (scores - new).exp()
        l = keep * l + weights.sum(dim=-1, keepdim=True)  # noqa: E741
        o = keep * o + weights @ v_b
        m = new
        l, o = (l.detach(), o.detach()) if start + block < k.size(-2) else (l, o)
    return o / l

# %% wrong | starts-at-zero | the running maximum starts at 0 and not at -inf, so very low scores give 0 / 0
import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block < 1:
        raise ValueError(f"block is {block}, but has to be at least 1")
    root = math.sqrt(q.size(-1))
    m = torch.zeros_like(q[..., :1])
    l = torch.zeros_like(m)  # noqa: E741
    o = torch.zeros((), dtype=q.dtype, device=q.device)
    for start in range(0, k.size(-2), block):
        k_b = k[..., start : start + block, :]
        v_b = v[..., start : start + block, :]
        scores = q @ k_b.transpose(-2, -1) / root
        new = torch.maximum(m, scores.amax(dim=-1, keepdim=True))
        keep = (m - new).exp()
        weights = (scores - new).exp()
        l = keep * l + weights.sum(dim=-1, keepdim=True)  # noqa: E741
        o = keep * o + weights @ v_b
        m = new
    return o / l

# %% wrong | x-maximum-begins-at-zero | the largest score so far begins at 0 and not at −inf, so where all scores are far below 0 every exponential is 0
import math

import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    highest = q.new_zeros(*q.shape[:-1], 1)
    total = torch.zeros_like(highest)
    values = q.new_zeros(*q.shape[:-1], v.size(-1))
    for start in range(0, k.size(-2), block):
        kb, vb = k[..., start : start + block, :], v[..., start : start + block, :]
        scores = q @ kb.transpose(-2, -1) / math.sqrt(q.size(-1))
        new = torch.maximum(highest, scores.amax(dim=-1, keepdim=True))
        keep = (highest - new).exp()
        e = (scores - new).exp()
        total = keep * total + e.sum(dim=-1, keepdim=True)
        values = keep * values + e @ vb
        highest = new
    return values / total


# %% wrong | x-only-zero-refused | a block of 0 raises ValueError, a negative one does not
import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block == 0:
        raise ValueError("block is 0")
    S = k.shape[-2]
    m = torch.full(q.shape[:-1], -math.inf, dtype=q.dtype, device=q.device)
    norm = torch.zeros_like(m)
    out = torch.zeros(*q.shape[:-1], v.shape[-1], dtype=q.dtype, device=q.device)
    start = 0
    while start < S:
        end = start + block if block > 0 else S
        s = torch.einsum("...td,...sd->...ts", q, k[..., start:end, :]) * q.shape[-1] ** -0.5
        m_new = torch.maximum(m, s.max(dim=-1).values)
        p = torch.exp(s - m_new[..., None])
        fade = torch.exp(m - m_new)
        norm = norm * fade + p.sum(dim=-1)
        out = out * fade[..., None] + p @ v[..., start:end, :]
        m, start = m_new, end
    return out / norm[..., None]
