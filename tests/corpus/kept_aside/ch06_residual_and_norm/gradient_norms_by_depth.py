# %% wrong | rms-norm | Normalises by the root mean square without subtracting the mean: not layer normalisation.
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    w_out.requires_grad_()

    def norm(h):
        return h * torch.rsqrt(h.square().mean(-1, keepdim=True) + 1e-5)

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | statistics-held-fixed | The norm's mean and variance are detached, so the result is not the gradient of the loss.
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    w_out.requires_grad_()

    def norm(h):
        return (h - h.detach().mean(-1, keepdim=True)) / (h.detach().var(-1, keepdim=True, correction=0) + 1e-5).sqrt()

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | one-draw-per-layer | Draws each layer by its own call of draw_stack; all random numbers must come from one call with the given depth and seed.
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    parts = [draw_stack(1, d_model, seed + number) for number in range(depth)]
    w_out = [part.w_out[0].requires_grad_() for part in parts]
    h, target = parts[0].x, parts[0].target
    for part, w in zip(parts, w_out):
        if norm_first:
            h = h + F.relu(F.layer_norm(h, (d_model,)) @ part.w_in[0].T) @ w.T
        else:
            h = F.layer_norm(h + F.relu(h @ part.w_in[0].T) @ w.T, (d_model,))
    if norm_first:
        h = F.layer_norm(h, (d_model,))
    grads = torch.autograd.grad(F.mse_loss(h, target), w_out)
    return torch.stack([g.norm() for g in grads])

# %% wrong | gradients-pile-up | Keeps drawn stacks in a dictionary and never clears .grad, so a second call with the same arguments gives twice the result.
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


_stacks = {}


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    key = (depth, d_model, seed)
    if key not in _stacks:
        _stacks[key] = draw_stack(depth, d_model, seed)
        _stacks[key].w_out.requires_grad_()
    stack = _stacks[key]
    h = stack.x
    for a, b in zip(stack.w_in, stack.w_out):
        if norm_first:
            h = h + F.linear(F.relu(F.linear(F.layer_norm(h, (d_model,)), a)), b)
        else:
            h = F.layer_norm(h + F.linear(F.relu(F.linear(h, a)), b), (d_model,))
    if norm_first:
        h = F.layer_norm(h, (d_model,))
    F.mse_loss(h, stack.target).backward()
    return stack.w_out.grad.flatten(1).norm(dim=1)

# %% wrong | one-norm-for-the-batch | Normalises all N·D numbers together, not the D features of each token.
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    w_out.requires_grad_()

    def norm(h):
        return F.layer_norm(h, h.shape)

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | float64-result | Computes in float64 and returns float64, although the result is float32.
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    stack = draw_stack(depth, d_model, seed)
    w_in, w_out, h, target = (tensor.double() for tensor in stack)
    w_out.requires_grad_()
    for l in range(depth):
        inner = F.layer_norm(h, (d_model,)) if norm_first else h
        h = h + (inner @ w_in[l].mT).relu() @ w_out[l].mT
        if not norm_first:
            h = F.layer_norm(h, (d_model,))
    if norm_first:
        h = F.layer_norm(h, (d_model,))
    (g,) = torch.autograd.grad((h - target).pow(2).mean(), w_out)
    return g.pow(2).sum((1, 2)).sqrt()

# %% right | backward-by-hand | no autograd at all: the chain rule written out
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def norm_forward(h):
    c = h - h.mean(-1, keepdim=True)
    root = (c.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    return c / root, root


def norm_backward(g, unit, root):
    return (g - g.mean(-1, keepdim=True) - unit * (g * unit).mean(-1, keepdim=True)) / root


def gradient_norms_by_depth(depth, d_model, norm_first, seed):
    w_in, w_out, h, target = (t.double() for t in draw_stack(depth, d_model, seed))
    kept = []
    for l in range(depth):
        unit = root = None
        read = h
        if norm_first:
            unit, root = norm_forward(h)
            read = unit
        active = (read @ w_in[l].T).clamp(min=0)
        h = h + active @ w_out[l].T
        if not norm_first:
            unit, root = norm_forward(h)
            h = unit
        kept.append((active, unit, root))
    if norm_first:
        h, last_root = norm_forward(h)
    g = 2 * (h - target) / target.numel()
    if norm_first:
        g = norm_backward(g, h, last_root)
    norms = [0.0] * depth
    for l in reversed(range(depth)):
        active, unit, root = kept[l]
        if not norm_first:
            g = norm_backward(g, unit, root)
        norms[l] = (g.T @ active).norm().item()
        side = ((g @ w_out[l]) * (active > 0)) @ w_in[l]
        g = g + (norm_backward(side, unit, root) if norm_first else side)
    return torch.tensor(norms, dtype=torch.float32)

# %% right | zero-change | differentiates with respect to a change of each matrix that is 0 at first
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    stack = draw_stack(depth, d_model, seed)
    changes = [torch.zeros(d_model, 4 * d_model, requires_grad=True) for _ in range(depth)]
    norm = lambda h: F.layer_norm(h, [d_model])
    h = stack.x.T  # tokens as columns: (D, N)
    for a, b, change in zip(stack.w_in, stack.w_out, changes):
        if norm_first:
            h = h + (b + change) @ F.relu(a @ norm(h.T).T)
        else:
            h = norm((h + (b + change) @ F.relu(a @ h)).T).T
    output = norm(h.T) if norm_first else h.T
    error = output - stack.target
    grads = torch.autograd.grad((error * error).sum() / error.numel(), changes)
    return torch.tensor([float(torch.linalg.matrix_norm(g)) for g in grads])

# %% right | recursion | a recursive stack and a gradient for each matrix through unbind
import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw everything that is random. This function is given; call it, and leave it as it is."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    stack = draw_stack(depth, d_model, seed)
    w_outs = [w.detach().requires_grad_() for w in stack.w_out.unbind()]

    def ln(h):
        var, mean = torch.var_mean(h, dim=1, correction=0, keepdim=True)
        return (h - mean) * (var + 1e-5).rsqrt()

    def run(h, l):
        if l == depth:
            return ln(h) if norm_first else h
        if norm_first:
            return run(h + torch.relu(ln(h) @ stack.w_in[l].t()) @ w_outs[l].t(), l + 1)
        return run(ln(h + torch.relu(h @ stack.w_in[l].t()) @ w_outs[l].t()), l + 1)

    loss = (run(stack.x, 0) - stack.target).pow(2).mean()
    return torch.stack([torch.linalg.vector_norm(g) for g in torch.autograd.grad(loss, w_outs)])
