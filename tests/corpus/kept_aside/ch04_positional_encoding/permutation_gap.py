# %% wrong | per-sequence-then-mean | Takes the largest difference of each sequence and then the mean over the batch, not the largest of all.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    d = (f(x[:, permutation]) - f(x)[:, permutation]).abs()
    return d.flatten(1).max(dim=1).values.mean()


# %% wrong | small-gaps-set-to-zero | Calls everything allclose with a loose tolerance a gap of 0, but the gap is the largest difference however small.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    a, b = f(x[:, permutation]), f(x)[:, permutation]
    if torch.allclose(a, b, rtol=1e-2, atol=1e-2):
        return torch.zeros((), dtype=a.dtype)
    return (a - b).abs().max()


# %% wrong | dimensions-kept | Keeps three axes of size one, but the result is to have no dimensions.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    d = (f(x[:, permutation]) - f(x)[:, permutation]).abs()
    return d.amax(dim=(0, 1, 2), keepdim=True)


# %% wrong | euclidean-norm | Returns the Euclidean norm of the difference and not its largest entry.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return torch.linalg.vector_norm(f(x[:, permutation]) - f(x)[:, permutation])


# %% wrong | width-of-x-assumed | Stores the shuffled output in a tensor like x, which fails when the width E of the output differs from D.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    y = f(x)
    moved = torch.zeros_like(x)
    for t in range(x.size(1)):
        moved[:, t] = y[:, permutation[t]]
    return (f(x[:, permutation]) - moved).abs().max()


# %% wrong | permutation-sorted-in-place | Overwrites the caller's permutation by 0, 1, 2, ... before it uses it.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    permutation.copy_(permutation.sort().values)
    return (f(x[:, permutation]) - f(x)[:, permutation]).abs().max()


# %% wrong | whole-batch-as-one-sequence | Lays the batch out as one long sequence for f, although f takes the T of x and treats each sequence by itself.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    B, T, D = x.shape
    index = torch.cat([permutation + b * T for b in range(B)])
    line = x.reshape(1, B * T, D)
    return (f(line[:, index]) - f(line)[:, index]).abs().max()


# %% wrong | last-position-left-out | Compares all positions but the last one, so the gap is not over all entries.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    a, b = f(x[:, permutation]), f(x)[:, permutation]
    return (a[:, :-1] - b[:, :-1]).abs().max() if a.size(1) > 1 else (a - b).abs().max()


# %% right | permutation-matrix | Multiplies by a matrix of zeros and ones on both sides.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    n = permutation.numel()

    def shuffle(seq):
        P = torch.eye(n, dtype=seq.dtype)[permutation]
        return torch.einsum("ts,bsd->btd", P, seq)

    return (f(shuffle(x)) - shuffle(f(x))).abs().max()


# %% right | transposed-axes | Brings the positions to the front, indexes there, and goes back.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    first = x.transpose(0, 1)[permutation].transpose(0, 1).contiguous()
    second = f(x).transpose(0, 1)[permutation].transpose(0, 1)
    return torch.max((f(first) - second).abs())


# %% right | both-in-one-batch | Calls f once with the plain and the shuffled sequences in one batch.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    both = f(torch.cat([x, x[:, permutation]]))
    plain, shuffled = both.chunk(2)
    gap = (shuffled - plain[:, permutation]).detach()
    return torch.maximum(gap.max(), -gap.min())
