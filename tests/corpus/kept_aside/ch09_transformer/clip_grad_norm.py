# %% wrong | largest-entry | Takes the largest absolute value for the norm and not the root of the sum of squares.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.abs().max() for g in grads]).max()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | plain-cat | cat without flattening fails or mixes axes as soon as shapes differ; scalars cannot be joined at all.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.cat(list(grads)).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | factor-upside-down | Multiplies by norm / max_norm, so gradients that are too long grow.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = norm / max_norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | root-mean-square | Divides by the number of entries before the root; the norm is the root of the sum.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    count = sum(g.numel() for g in grads)
    norm = (sum(g.square().sum() for g in grads) / count).sqrt()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% right | hypot | hypot of one norm after the other, torch.where for the factor
import torch


def clip_grad_norm(grads, max_norm):
    norm = torch.zeros((), dtype=grads[0].dtype) if grads else torch.tensor(0.0)
    for g in grads:
        norm = torch.hypot(norm, g.norm())
    safe = torch.where(norm > max_norm, norm, torch.ones_like(norm))
    factor = torch.where(norm > max_norm, max_norm / safe, torch.ones_like(norm))
    return [factor * g for g in grads], norm

# %% right | divides-by-excess | divides all by max(norm / max_norm, 1)
import torch


def clip_grad_norm(grads, max_norm):
    clipped = []
    if grads:
        norm = sum(torch.sum(g * g) for g in grads).sqrt()
        excess = max((norm / max_norm).item(), 1.0)
        for g in grads:
            clipped.append(g / excess)
    else:
        norm = torch.tensor(0.0)
    return clipped, norm

# %% wrong | x-norm-from-a-number | the norm is a Python float made a tensor again, float32 also for gradients in float64
import math

import torch


def clip_grad_norm(grads, max_norm):
    norm = math.sqrt(sum(float(g.double().pow(2).sum()) for g in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], torch.tensor(norm)


# %% wrong | x-tuple-for-a-tuple | gives the gradients back in the kind of sequence they came in, but a list is asked for
from collections.abc import Sequence

import torch


def clip_grad_norm(
    grads: Sequence[torch.Tensor], max_norm: float
) -> tuple[list[torch.Tensor], torch.Tensor]:
    if not grads:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = max_norm / norm if norm > max_norm else torch.ones_like(norm)
    return type(grads)(g * factor for g in grads), norm
