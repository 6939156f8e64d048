# %% wrong | one-by-one | Each gradient is clipped by its own norm, and not all by one factor.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    clipped = []
    for g in grads:
        own = g.norm()
        clipped.append(g * (max_norm / own) if own > max_norm else g.clone())
    return clipped, norm

# %% wrong | always-to-the-limit | Short gradients are scaled up to max_norm, though they stay as they are.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    if norm == 0:
        return [g.clone() for g in grads], norm
    return [g * (max_norm / norm) for g in grads], norm

# %% wrong | zeros-to-nan | Gradients that are all 0 become NaN (0 / 0), but they stay 0.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    unit = [g / norm for g in grads]
    length = torch.clamp(norm, max=max_norm)
    return [u * length for u in unit], norm

# %% wrong | entries-clamped | Clips each entry to max_norm by its value; the direction does not stay.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    return [g.clamp(-max_norm, max_norm) for g in grads], norm

# %% wrong | sum-of-norms | The norms of the tensors are added instead of their squares.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = sum(g.norm() for g in grads)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | scaled-in-place | The gradients of the argument are multiplied in place, but are not to be changed.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    return list(grads), norm

# %% wrong | norm-afterwards | Returns the norm after clipping instead of the one before.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    clipped = [g * factor for g in grads]
    return clipped, torch.stack([g.norm() for g in clipped]).norm()

# %% wrong | empty-crashes | An empty list makes torch.stack raise, while an empty list and the norm 0 are promised.
import torch


def clip_grad_norm(grads, max_norm):
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | float32-norm | The norm goes through a Python float into torch.tensor, so it is float32 for float64 gradients.
import torch


def clip_grad_norm(grads, max_norm):
    total = 0.0
    for g in grads:
        total += g.square().sum().item()
    norm = total**0.5
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], torch.tensor(norm)

# %% wrong | squares-not-rooted | The sum of squares is taken for the norm; no root is drawn.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = sum((g**2).sum() for g in grads)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% right | norm-of-norms | as in the hints, with type hints
from collections.abc import Sequence

import torch


def clip_grad_norm(
    grads: Sequence[torch.Tensor], max_norm: float
) -> tuple[list[torch.Tensor], torch.Tensor]:
    if not grads:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% right | flattened-cat | all entries laid end to end by cat, then cut up again
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    vector = torch.cat([g.reshape(-1) for g in grads])
    norm = torch.linalg.vector_norm(vector)
    if norm > max_norm:
        vector = vector * (max_norm / norm)
    pieces = vector.split([g.numel() for g in grads])
    return [piece.reshape(g.shape).clone() for piece, g in zip(pieces, grads)], norm

# %% right | like-torch | 1e-6 in the division and a clamped factor, as PyTorch has it
import torch


def clip_grad_norm(grads, max_norm):
    total = torch.tensor(0.0)
    for i, g in enumerate(grads):
        square = g.pow(2).sum()
        total = square if i == 0 else total + square
    norm = total.sqrt()
    coefficient = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return [g.mul(coefficient) for g in grads], norm

# %% right | float64-inside | sum of squares in float64, gradients that are short are returned as clones
import math

import torch


def clip_grad_norm(grads, max_norm):
    if not len(grads):
        return [], torch.tensor(0.0)
    squares = [torch.einsum("i,i->", x, x) for x in (g.double().flatten() for g in grads)]
    exact = math.sqrt(math.fsum(s.item() for s in squares))
    norm = torch.tensor(exact, dtype=grads[0].dtype, device=grads[0].device)
    if exact <= max_norm:
        return [g.clone() for g in grads], norm
    return [(g.double() * max_norm / exact).to(g.dtype) for g in grads], norm

# %% wrong | first-tensor-only | The norm is that of the first gradient alone and not of the entries of all.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = grads[0].norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | absolute-sum | Adds absolute values (the 1-norm) instead of the squares and their root.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.abs().sum() for g in grads]).sum()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | to-length-one | Gradients that are too long are divided by the norm alone, so the norm becomes 1 and not max_norm.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = 1.0 / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | norm-is-a-number | The norm is returned as a Python float and not as a scalar tensor.
import torch


def clip_grad_norm(grads, max_norm):
    norm = sum(float((g * g).sum()) for g in grads) ** 0.5
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | flat-pieces | The clipped gradients come back flattened and have lost their shapes.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    flat = torch.cat([g.reshape(-1) for g in grads])
    norm = flat.norm()
    if norm > max_norm:
        flat = flat * (max_norm / norm)
    return list(flat.split([g.numel() for g in grads])), norm

# %% wrong | sorted-by-size | The clipped gradients come back with the largest tensor first and not in the same order.
import torch


def clip_grad_norm(grads, max_norm):
    if len(grads) == 0:
        return [], torch.tensor(0.0)
    grads = sorted(grads, key=torch.Tensor.numel, reverse=True)
    norm = torch.stack([g.norm() for g in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm

# %% wrong | max-norm-of-at-least-1e-3 | A max_norm below 1e-3 is raised to it, so gradients stay too long.
import torch


def clip_grad_norm(grads, max_norm):
    if not grads:
        return [], torch.tensor(0.0)
    max_norm = max(max_norm, 1e-3)
    norm = torch.stack([grad.norm() for grad in grads]).norm()
    factor = max_norm / norm if norm > max_norm else 1.0
    return [grad * factor for grad in grads], norm
