# %% wrong | no-final-norm | Leaves out the norm at the end of the norm-first stack: output = norm(h_L).
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | orders-swapped | norm_first is read the wrong way round in the loop and at the end.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if not norm_first else norm(h + f(h, l))
    output = h if norm_first else norm(h)
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | summed-squares | The loss is the sum of the squares and not the mean over all N·D numbers.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = ((output - target) ** 2).sum()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | mean-over-tokens-only | The loss is averaged over the tokens but summed over the features, so it is D times too large.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = ((output - target) ** 2).sum(dim=-1).mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | main-road-normalised | With the norm first the normalised h is what the sub-layer's output is added to, not h_l.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = norm(h) + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | branch-normalised | With the norm last it normalises only the sub-layer's output, not the sum.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else h + norm(f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | gradient-of-w-in | Returns the norms of the gradients of w_in and not of w_out.
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
    w_in.requires_grad_()

    def norm(h):
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_in)
    return gradient.norm(dim=(1, 2))

# %% wrong | root-forgotten | Returns the sum of the squares without its root.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.square().sum(dim=(1, 2))

# %% wrong | spectral-norm | torch.linalg's ord=2 for a matrix is its largest singular value, not the root of the sum of all squares.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return torch.linalg.matrix_norm(gradient, ord=2)

# %% wrong | layers-from-the-end | Entry 0 belongs to the last layer, since the result is turned round as in a backward pass.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2)).flip(0)

# %% wrong | no-residual | Forgets the residual connections: the layers are stacked without adding h_l.
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = f(norm(h), l) if norm_first else norm(f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | reshaped-not-transposed | Uses reshape where the matrices have to be transposed, so f_l is not w_out · relu(w_in · h).
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].reshape(d_model, 4 * d_model)) @ w_out[l].reshape(4 * d_model, d_model)

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | normalised-over-tokens | Mean and variance are taken over the tokens and not over the D features of each token.
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
        return (h - h.mean(0)) / (h.var(0, correction=0) + 1e-5).sqrt()

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% wrong | sample-deviation | The norm is written by hand and divides by the deviation with D − 1, plus eps outside the root; that is not layer normalisation.
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
        return (h - h.mean(-1, keepdim=True)) / (h.std(-1, keepdim=True) + 1e-5)

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% right | autograd-on-the-stack | short functions, one call of autograd.grad
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
        return F.layer_norm(h, (d_model,))

    def f(h, l):
        return F.relu(h @ w_in[l].T) @ w_out[l].T

    h = x
    for l in range(depth):
        h = h + f(norm(h), l) if norm_first else norm(h + f(h, l))
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    return gradient.norm(dim=(1, 2))

# %% right | backward-on-a-list | a list of leaves, backward(), norms one by one
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
    matrices = []
    for layer in range(depth):
        matrix = stack.w_out[layer].clone()
        matrix.requires_grad = True
        matrices.append(matrix)
    hidden = stack.x
    for layer in range(depth):
        if norm_first:
            side = F.layer_norm(hidden, (d_model,), eps=1e-5)
        else:
            side = hidden
        side = torch.matmul(side, stack.w_in[layer].transpose(0, 1))
        side = torch.relu(side)
        side = torch.matmul(side, matrices[layer].transpose(0, 1))
        hidden = hidden + side
        if not norm_first:
            hidden = F.layer_norm(hidden, (d_model,), eps=1e-5)
    if norm_first:
        hidden = F.layer_norm(hidden, (d_model,), eps=1e-5)
    loss = F.mse_loss(hidden, stack.target)
    loss.backward()
    norms = torch.zeros(depth)
    for layer in range(depth):
        norms[layer] = (matrices[layer].grad ** 2).sum().sqrt()
    return norms

# %% right | einsum-float64 | float64 and einsum inside, own norm, rounded at the end
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
    w_in, w_out, x, target = [t.to(torch.float64) for t in draw_stack(depth, d_model, seed)]
    w_out.requires_grad_(True)

    def norm(h):
        h = h - h.mean(-1, keepdim=True)
        return h / torch.sqrt((h * h).mean(-1, keepdim=True) + 1e-5)

    for a, b in zip(w_in, w_out):
        read = norm(x) if norm_first else x
        x = x + torch.einsum("dk,nk->nd", b, torch.einsum("kd,nd->nk", a, read).clamp(min=0))
        x = x if norm_first else norm(x)
    x = norm(x) if norm_first else x
    grad = torch.autograd.grad(torch.mean((x - target) ** 2), w_out)[0]
    return torch.einsum("lij,lij->l", grad, grad).sqrt().float()

# %% right | functional-grad | torch.func.grad of a loss function of w_out
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
    s = draw_stack(depth, d_model, seed)
    norm = torch.nn.LayerNorm(d_model, elementwise_affine=False)

    def loss(w_out):
        h = s.x
        for i in range(depth):
            h = h + F.linear(F.relu(F.linear(norm(h) if norm_first else h, s.w_in[i])), w_out[i])
            if not norm_first:
                h = norm(h)
        return F.mse_loss(norm(h) if norm_first else h, s.target)

    return torch.func.grad(loss)(s.w_out).flatten(1).norm(dim=1)

# %% right | modules | an nn.Module for a layer, in a ModuleList
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


class Layer(torch.nn.Module):
    def __init__(self, w_in, w_out, norm_first):
        super().__init__()
        self.up = torch.nn.Parameter(w_in, requires_grad=False)
        self.down = torch.nn.Parameter(w_out)
        self.norm_first = norm_first
        self.norm = torch.nn.LayerNorm(w_in.shape[1], elementwise_affine=False)

    def forward(self, h):
        if self.norm_first:
            return h + (self.norm(h) @ self.up.T).relu() @ self.down.T
        return self.norm(h + (h @ self.up.T).relu() @ self.down.T)


def gradient_norms_by_depth(depth, d_model, norm_first, seed):
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    layers = torch.nn.ModuleList(Layer(w_in[i].clone(), w_out[i].clone(), norm_first) for i in range(depth))
    out = x
    for layer in layers:
        out = layer(out)
    if norm_first:
        out = F.layer_norm(out, (d_model,))
    torch.nn.functional.mse_loss(out, target).backward()
    return torch.stack([layer.down.grad.norm() for layer in layers])
