# %% wrong | not-halved | the identity is added, but the sum is not halved
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = weights.mean(dim=2) + eye
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | heads-added | heads are added up and not averaged
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.sum(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | without-residual | the half that comes by the residual connection is left out
import torch


def attention_rollout(weights):
    mixed = weights.mean(dim=2)
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | other-side | later layers are multiplied from the right
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = out @ m
    return out

# %% wrong | entrywise | layers are multiplied entry by entry
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    return mixed.prod(dim=0)

# %% wrong | layers-averaged | layers are averaged and not followed as paths
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    return mixed.mean(dim=0)

# %% wrong | last-layer-only | only the last layer is used
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    return mixed[-1]

# %% wrong | transposed | share of s in t stands at (s, t)
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out.transpose(-1, -2)

# %% wrong | batch-averaged | averages over sequences and not over heads
import torch


def attention_rollout(weights):
    T = weights.shape[-1]
    mixed = (weights.mean(dim=1) + torch.eye(T, dtype=weights.dtype)) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | always-float32 | gives float32 for float64 weights
import torch


def attention_rollout(weights):
    weights = weights.float()
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out

# %% wrong | in-place-identity | the weights of the caller are changed
import torch


def attention_rollout(weights):
    weights.add_(torch.eye(weights.shape[-1], dtype=weights.dtype)).div_(2)
    mixed = weights.mean(dim=2)
    out = mixed[0]
    for m in mixed[1:]:
        out = torch.matmul(m, out)
    return out

# %% wrong | first-layer-twice | layer 0 is multiplied in a second time
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed:
        out = m @ out
    return out

# %% wrong | squeezed-batch | a batch of one loses its axis
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out.squeeze(0)

# %% wrong | heads-traced-apart | heads are traced each alone and averaged at the end, but they are to be averaged in each layer
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights + eye) / 2
    out = mixed[0]
    for m in mixed[1:]:
        out = m @ out
    return out.mean(dim=1)

# %% right | loop | as the last hint
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    flow = mixed[0]
    for layer in mixed[1:]:
        flow = layer @ flow
    return flow

# %% right | from-the-top | starts at the last layer and goes down
import torch


def attention_rollout(weights):
    eye = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    mixed = (weights.mean(dim=2) + eye) / 2
    flow = mixed[-1]
    for l in range(len(mixed) - 2, -1, -1):
        flow = torch.bmm(flow, mixed[l])
    return flow

# %% right | start-identity | half of the old mixture and half of what attention brings, by einsum
import torch


def attention_rollout(weights):
    L, B, H, T, _ = weights.shape
    flow = torch.eye(T).to(weights).repeat(B, 1, 1)
    for layer in weights:
        heard = torch.einsum("bhtj,bjs->bts", layer, flow) / H
        flow = 0.5 * flow + 0.5 * heard
    return flow

# %% right | reduce | functools.reduce
from functools import reduce

import torch


def attention_rollout(weights: torch.Tensor) -> torch.Tensor:
    T = weights.size(-1)
    one = torch.eye(T, dtype=weights.dtype, device=weights.device)
    shares = [0.5 * layer.mean(dim=1) + 0.5 * one for layer in weights]
    return reduce(lambda below, above: above @ below, shares)

# %% right | sequences-apart | each sequence on its own, diagonal by fill in a clone
import torch


def attention_rollout(weights):
    rows = []
    for b in range(weights.shape[1]):
        flow = None
        for l in range(weights.shape[0]):
            m = (weights[l, b].sum(dim=0) / weights.shape[2]).clone() / 2
            m.diagonal().add_(0.5)
            flow = m if flow is None else m @ flow
        rows.append(flow)
    return torch.stack(rows)
