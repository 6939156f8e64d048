# %% right | running-sums | loop over block starts with m, l and o, and one division at the end
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
    return o / l

# %% right | partial-and-merge | two helpers, one for a block and one that merges, over split
import torch


def partial(q, k, v):
    s = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5
    m = s.detach().amax(-1)
    p = (s - m[..., None]).exp()
    return m, p.sum(-1), p @ v


def merge(a, b):
    (m, l, o), (m2, l2, o2) = a, b
    top = torch.maximum(m, m2)
    f, g = (m - top).exp(), (m2 - top).exp()
    return top, f * l + g * l2, f[..., None] * o + g[..., None] * o2


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be positive")
    state = None
    for k_b, v_b in zip(k.split(block, dim=-2), v.split(block, dim=-2)):
        new = partial(q, k_b, v_b)
        state = new if state is None else merge(state, new)
    _, l, o = state
    return o / l[..., None]

# %% right | two-passes | first the logsumexp over all blocks, then the weights again and the values
import math

import torch


def tiled_attention(q, k, v, block):
    """Twice over the keys: first the divisor, then the values."""
    if block < 1:
        raise ValueError("block < 1")
    S = k.size(-2)
    scale = 1 / math.sqrt(q.size(-1))

    def scores(start):
        return torch.matmul(q, k[..., start : start + block, :].mT) * scale

    lse = scores(0).logsumexp(dim=-1)
    for start in range(block, S, block):
        lse = torch.logaddexp(lse, scores(start).logsumexp(dim=-1))
    out = 0
    for start in range(0, S, block):
        weights = torch.exp(scores(start) - lse.unsqueeze(-1))
        out = out + weights @ v[..., start : start + block, :]
    return out

# %% right | normalised-on-the-way | keeps the finished output and a log sum, and mixes by a sigmoid
import torch


def tiled_attention(q, k, v, block):
    """Keep the output of what was seen so far, and the log of its divisor."""
    if not block >= 1:
        raise ValueError(f"bad block size: {block}")
    out = log_sum = None
    start, S = 0, k.shape[-2]
    while start < S:
        end = min(start + block, S)
        scores = (q @ k[..., start:end, :].transpose(-1, -2)) / (q.shape[-1] ** 0.5)
        here_log = torch.logsumexp(scores, -1, keepdim=True)
        here_out = scores.softmax(-1) @ v[..., start:end, :]
        if out is None:
            out, log_sum = here_out, here_log
        else:
            share = torch.sigmoid(here_log - log_sum)      # of the new block
            out = torch.lerp(out, here_out, share.expand_as(out))
            log_sum = torch.logaddexp(log_sum, here_log)
        start = end
    return out

# %% wrong | softmax-of-each-block | a softmax within each block, and the mean of the blocks by their sizes
import math

import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block")
    S = k.size(-2)
    out = 0
    for s in range(0, S, block):
        k_b, v_b = k[..., s : s + block, :], v[..., s : s + block, :]
        w = (q @ k_b.mT / math.sqrt(q.size(-1))).softmax(-1)
        out = out + (w @ v_b) * (k_b.size(-2) / S)
    return out

# %% wrong | not-rescaled | the old sums are kept as they are when the maximum grows; right only if the first block has it
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
        l = l + weights.sum(dim=-1, keepdim=True)  # noqa: E741
        o = o + weights @ v_b
        m = new
    return o / l

# %% wrong | o-forgotten-in-the-rescaling | the sum of exponentials is rescaled, the sum of values is not
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
        o = o + weights @ v_b
        m = new
    return o / l

# %% wrong | no-maximum | no maximum is subtracted, so scores above 89 overflow in float32
import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    top, bottom = 0, 0
    for k_b, v_b in zip(k.split(block, -2), v.split(block, -2)):
        e = torch.exp(q @ k_b.transpose(-2, -1) / q.size(-1) ** 0.5)
        top = top + e @ v_b
        bottom = bottom + e.sum(-1, keepdim=True)
    return top / bottom

# %% wrong | last-block-left-out | S // block blocks are read, so the rest is missing where block does not divide S, and all where block is larger
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
    n_blocks = max(k.size(-2) // block, 1)
    for i in range(n_blocks):
        rows = slice(i * block, (i + 1) * block)
        softmax.see(q @ k[..., rows, :].mT / math.sqrt(q.size(-1)), v[..., rows, :])
    return softmax.result()

# %% wrong | scores-collected | the scores of all blocks are put side by side before the softmax: a table of T times S
import math

import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    tiles = [q @ part.mT / math.sqrt(q.size(-1)) for part in k.split(block, dim=-2)]
    weights = torch.cat(tiles, dim=-1).softmax(dim=-1)
    out = 0
    for w, part in zip(weights.split(block, dim=-1), v.split(block, dim=-2)):
        out = out + w @ part
    return out

# %% wrong | all-tiles-held | the tiles of scores stay in a list until the maximum of all is known; no tensor is large, but T times S scores are held
import math

import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    tiles = []
    top = None
    for part in k.split(block, dim=-2):
        s = q @ part.mT / math.sqrt(q.size(-1))
        tiles.append(s)
        m = s.amax(-1, keepdim=True)
        top = m if top is None else torch.maximum(top, m)
    o = l = 0
    for s, part in zip(tiles, v.split(block, dim=-2)):
        p = (s - top).exp()
        l = l + p.sum(-1, keepdim=True)
        o = o + p @ part
    return o / l

# %% wrong | queries-in-blocks | the queries are cut into blocks and each of them sees the scores of all S keys, with block · S scores and not T · block
import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    outs = []
    for q_b in q.split(block, dim=-2):
        s = q_b @ k.transpose(-2, -1) * q.size(-1) ** -0.5
        outs.append(s.softmax(-1) @ v)
    return torch.cat(outs, dim=-2)

# %% wrong | no-scale | the scores are not divided by the root of d
import torch


def partial(q, k, v):
    s = torch.einsum("...td,...sd->...ts", q, k)
    m = s.detach().amax(-1)
    p = (s - m[..., None]).exp()
    return m, p.sum(-1), p @ v


def merge(a, b):
    (m, l, o), (m2, l2, o2) = a, b
    top = torch.maximum(m, m2)
    f, g = (m - top).exp(), (m2 - top).exp()
    return top, f * l + g * l2, f[..., None] * o + g[..., None] * o2


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be positive")
    state = None
    for k_b, v_b in zip(k.split(block, dim=-2), v.split(block, dim=-2)):
        new = partial(q, k_b, v_b)
        state = new if state is None else merge(state, new)
    _, l, o = state
    return o / l[..., None]

# %% wrong | block-not-checked | a block below 1 is treated as "all keys" and raises no ValueError
import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block < 1:
        block = k.size(-2)
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
    return o / l

# %% wrong | divided-too-early | o is divided by the sum after every block and goes on as if it were not divided; right for a single block only
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
        o = (keep * o + weights @ v_b) / l
        m = new
    return o

# %% wrong | newest-maximum | the reference is the maximum of the newest block, even if it is lower than the old one, so the rescaling overflows for large scores
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
        new = scores.amax(dim=-1, keepdim=True)
        keep = (m - new).exp()
        weights = (scores - new).exp()
        l = keep * l + weights.sum(dim=-1, keepdim=True)  # noqa: E741
        o = keep * o + weights @ v_b
        m = new
    return o / l

# %% wrong | padded-with-zeros | keys and values are filled up with zeros to whole blocks, and the added keys with score 0 count in the divisor
import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block < 1:
        raise ValueError(f"block is {block}, but has to be at least 1")
    rest = -k.size(-2) % block
    k = torch.nn.functional.pad(k, (0, 0, 0, rest))
    v = torch.nn.functional.pad(v, (0, 0, 0, rest))
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
    return o / l

# %% wrong | last-block-moved-back | the last block is moved back to be whole, so that some keys count twice where block does not divide S
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
        start = max(min(start, k.size(-2) - block), 0)
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

# %% wrong | four-axes-wanted | the shape is unpacked as batch, heads, length and width, so any other number of leading dimensions is an error
import math

import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    B, H, n, d = q.shape
    m = q.new_full((B, H, n), -math.inf)
    l = q.new_zeros(B, H, n)
    o = q.new_zeros(B, H, n, v.size(-1))
    for k_b, v_b in zip(k.split(block, dim=2), v.split(block, dim=2)):
        s = torch.einsum("bhtd,bhsd->bhts", q, k_b) / math.sqrt(d)
        new = torch.maximum(m, s.amax(-1))
        keep = torch.exp(m - new)
        p = torch.exp(s - new[..., None])
        l = keep * l + p.sum(-1)
        o = keep[..., None] * o + torch.einsum("bhts,bhsv->bhtv", p, v_b)
        m = new
    return o / l[..., None]

# %% wrong | divisor-without-gradient | the divisor is detached, so the output is right but the gradients of q and k are not those of attention
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
    return o / l.detach()
