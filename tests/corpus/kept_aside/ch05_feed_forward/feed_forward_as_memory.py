# %% wrong | argmax-repeat | argmax k times without taking out what was chosen: all indices are the same
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.T)
    indices = torch.stack([scores.argmax(-1)] * k, dim=-1)
    coefficients = scores.gather(-1, indices)
    return Memories(indices, coefficients, (coefficients[..., None] * values[indices]).sum(-2))

# %% wrong | zeroed-argmax | argmax and then 0 in its place: once nothing fires any more, an index comes twice
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.T)
    left = scores.detach().clone()
    picks = []
    for _ in range(k):
        best = left.argmax(-1, keepdim=True)
        picks.append(best)
        left = left.scatter(-1, best, 0.0)
    indices = torch.cat(picks, -1)
    coefficients = scores.gather(-1, indices)
    return Memories(indices, coefficients, (coefficients[..., None] * values[indices]).sum(-2))

# %% wrong | int32-indices | indices come as int32
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices.int(), coefficients, output)

# %% wrong | normalised | the k coefficients are divided by their sum
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    coefficients = coefficients / coefficients.sum(-1, keepdim=True).clamp(min=1e-9)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | values-transposed-when-square | the values are taken as columns where F = D
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    if values.shape[0] == values.shape[1]:
        values = values.T
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | k-below-f | k = F is refused
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if k < 1 or k >= keys.shape[0]:
        raise ValueError('k')
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% right | masked-argmax | argmax k times, with minus infinity at what was taken
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.T)
    left = scores.detach().clone()
    picks = []
    for _ in range(k):
        best = left.argmax(dim=-1, keepdim=True)
        picks.append(best)
        left = left.scatter(-1, best, float("-inf"))
    indices = torch.cat(picks, dim=-1)
    coefficients = scores.gather(-1, indices)
    output = (coefficients[..., None] * values[indices]).sum(dim=-2)
    return Memories(indices, coefficients, output)

# %% right | token-loop | each token on its own in a loop, stacked
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def _one(token, keys, values, k):
    fires = (keys @ token).clamp(min=0)
    strength, which = fires.topk(k)
    return Memories(which, strength, strength @ values[which])


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    lead = x.shape[:-1]
    found = [_one(token, keys, values, k) for token in x.reshape(-1, x.shape[-1])]
    indices = torch.stack([m.indices for m in found]).reshape(*lead, k)
    coefficients = torch.stack([m.coefficients for m in found]).reshape(*lead, k)
    return Memories(indices, coefficients, torch.stack([m.output for m in found]).reshape(x.shape))

# %% right | take-along-dim | take_along_dim and embedding
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    fires = (x @ keys.T).relu()
    which = fires.detach().topk(k, dim=-1).indices
    strength = torch.take_along_dim(fires, which, dim=-1)
    written = strength.unsqueeze(-1).mul(torch.nn.functional.embedding(which, values))
    return Memories(which, strength, written.sum(dim=-2))
