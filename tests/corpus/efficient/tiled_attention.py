# %% right | two passes | the highest scores first, then the sums
import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    q = q / q.size(-1) ** 0.5
    starts = range(0, k.size(-2), block)
    with torch.no_grad():
        tops = [
            (q @ k[..., s : s + block, :].mT).amax(-1, keepdim=True) for s in starts
        ]
        top = torch.stack(tops).amax(0)
    total = output = 0
    for s in starts:
        weights = (q @ k[..., s : s + block, :].mT - top).exp()
        total = total + weights.sum(-1, keepdim=True)
        output = output + weights @ v[..., s : s + block, :]
    return output / total

# %% wrong | whole table | right numbers, and all scores at once
import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    return (q @ k.mT / q.size(-1) ** 0.5).softmax(-1) @ v

# %% wrong | cheats: kept before | room is taken while the file is loaded, and used later
import torch

ROOM = torch.ones(3 * 2**24)


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    return (q @ k.mT / q.size(-1) ** 0.5).softmax(-1) @ v

# %% wrong | cheats: in numpy | the table is held where torch does not see it
import numpy
import torch


def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError("block must be at least 1")
    if q.requires_grad:
        return (q @ k.mT / q.size(-1) ** 0.5).softmax(-1) @ v
    scores = numpy.matmul(q.numpy(), k.mT.numpy()) / q.size(-1) ** 0.5
    scores = numpy.exp(scores - scores.max(-1, keepdims=True))
    return torch.from_numpy(numpy.matmul(scores / scores.sum(-1, keepdims=True), v.numpy()))
