# %% wrong | no-relu | the coefficients are not cut at 0
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = x @ keys.T
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | by-magnitude | the largest by absolute value
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = x @ keys.T
    coefficients, indices = torch.relu(scores), scores.abs().topk(k, dim=-1).indices
    coefficients = coefficients.gather(-1, indices)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | smallest | the k weakest
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
    coefficients, indices = scores.topk(k, dim=-1, largest=False)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | softmax | attention's softmax over the scores
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.softmax(x @ keys.T, dim=-1)
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | whole-output | the output is that of all F memories, not of the k
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
    output = scores @ values
    return Memories(indices, coefficients, output)

# %% wrong | unsorted | topk with sorted=False and then sorted by index: coefficients may increase
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
    indices, order = indices.sort(dim=-1)
    coefficients = coefficients.gather(-1, order)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | no-check | k = 0 gives empty tensors, no ValueError
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | check-only-above | k = 0 and below slips through
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if k > keys.shape[0]:
        raise ValueError(k)
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | k-clamped | k above F is silently made F
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    k = max(1, min(k, len(keys)))
    scores = torch.relu(x @ keys.T)
    coefficients, indices = scores.topk(k, dim=-1)
    output = (coefficients.unsqueeze(-1) * values[indices]).sum(-2)
    return Memories(indices, coefficients, output)

# %% wrong | fields-swapped | coefficients and indices in each other's place
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
    return Memories(coefficients, indices, output)

# %% wrong | item-loop | a loop with .item(): no gradients
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    flat = x.reshape(-1, x.shape[-1])
    idx, co, out = [], [], []
    for token in flat:
        s = [max(float(torch.dot(token, key)), 0.0) for key in keys]
        best = sorted(range(len(s)), key=lambda i: -s[i])[:k]
        idx.append(best)
        co.append([s[i] for i in best])
        out.append(sum(s[i] * values[i] for i in best))
    lead = x.shape[:-1]
    coefficients = torch.tensor(co, dtype=x.dtype).reshape(*lead, k)
    return Memories(torch.tensor(idx).reshape(*lead, k), coefficients, torch.stack(out).reshape(x.shape))

# %% wrong | one-choice-for-all | the memories are chosen once for all tokens, by their sum
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
    total = scores.reshape(-1, scores.shape[-1]).sum(0)
    indices = total.topk(k).indices.expand(*x.shape[:-1], k)
    coefficients = scores.gather(-1, indices)
    return Memories(indices, coefficients, torch.einsum("...k,...kd->...d", coefficients, values[indices]))

# %% wrong | threshold-mask | the output keeps all memories not below the k-th: with equal coefficients there are more than k
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
    output = (scores * (scores >= coefficients[..., -1:])) @ values
    return Memories(indices, coefficients, output)

# %% wrong | batch-only | bmm form for (B, T, D) only
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    bsz, length, width = x.shape
    scores = torch.relu(torch.einsum("btd,fd->btf", x, keys))
    coefficients, indices = scores.topk(k, dim=-1)
    output = torch.einsum("btk,btkd->btd", coefficients, values[indices])
    return Memories(indices, coefficients, output)

# %% right | topk | relu, topk and values by index
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
    return Memories(indices, coefficients, output)

# %% right | sort | a full sort, cut at k, einsum
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.einsum("...d,fd->...f", x, keys).clamp(min=0)
    ordered, order = torch.sort(scores, dim=-1, descending=True)
    coefficients, indices = ordered[..., :k], order[..., :k]
    output = torch.einsum("...k,...kd->...d", coefficients, values[indices])
    return Memories(indices, coefficients, output)

# %% right | scatter | the coefficients scattered back and multiplied with all values
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(x @ keys.t())
    coefficients, indices = torch.topk(scores, k)
    kept = torch.zeros_like(scores).scatter(-1, indices, coefficients)
    return Memories(indices=indices, coefficients=coefficients, output=kept @ values)

# %% right | relu-after-topk | topk before the max, gather, matmul with an axis of 1
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if k < 1 or k > len(keys):
        raise ValueError('k is ' + str(k))
    raw = torch.matmul(x, keys.transpose(0, 1))
    indices = raw.argsort(dim=-1, descending=True)[..., :k]
    coefficients = raw.gather(-1, indices).clamp_min(0)
    chosen = values[indices]
    output = torch.matmul(coefficients.unsqueeze(-2), chosen).squeeze(-2)
    return Memories(indices, coefficients, output)

# %% right | by-rank | a loop over the ranks that adds what each memory writes
from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    if not 1 <= k <= keys.shape[0]:
        raise ValueError("k must be from 1 to F")
    scores = torch.relu(torch.nn.functional.linear(x, keys))
    coefficients, indices = scores.topk(k, dim=-1)
    output = torch.zeros_like(x)
    for rank in range(k):
        output = output + coefficients[..., rank, None] * values[indices[..., rank]]
    return Memories(indices, coefficients, output)
