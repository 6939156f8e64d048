# %% wrong | output-left-alone | Compares f of the shuffled input with the unshuffled f(x), where the stub wants P(f(x)).
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[:, permutation]) - f(x)).abs().max()


# %% wrong | input-left-alone | Shuffles only the output, so f(x) is compared with P(f(x)).
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x) - f(x)[:, permutation]).abs().max()


# %% wrong | wrong-axis-batch | Indexes the first axis, the batch; the positions are on the second axis.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[permutation]) - f(x)[permutation]).abs().max()


# %% wrong | inverse-on-the-output | Undoes the permutation on the output side, so the two sides are shuffled in opposite ways.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    inverse = torch.argsort(permutation)
    return (f(x[:, permutation]) - f(x)[:, inverse]).abs().max()


# %% wrong | mean-instead-of-max | Returns the mean absolute difference where the largest one is asked.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[:, permutation]) - f(x)[:, permutation]).abs().mean()


# %% wrong | no-absolute-value | Takes the largest signed difference, so large negative ones are missed.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    a = f(x[:, permutation])
    b = f(x)[:, permutation]
    return (a - b).max()


# %% wrong | abs-after-max | Takes the absolute value after the maximum and not before.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    difference = f(x[:, permutation]) - f(x)[:, permutation]
    return difference.max().abs()


# %% wrong | sum-of-differences | Adds the absolute differences of all entries up instead of taking the largest.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[:, permutation]) - f(x)[:, permutation]).abs().sum()


# %% wrong | python-float | Returns a Python float by .item(), but a tensor without dimensions is asked.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    gap = 0.0
    left, right = f(x[:, permutation]), f(x)[:, permutation]
    for a, b in zip(left.flatten().tolist(), right.flatten().tolist()):
        gap = max(gap, abs(a - b))
    return gap


# %% wrong | first-sequence-only | Looks at the first sequence of the batch, but the gap is over all entries.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    left = f(x[:, permutation])[0]
    right = f(x)[:, permutation][0]
    return (left - right).abs().max()


# %% wrong | features-shuffled | Reorders the last axis (the features) and not the positions; it fails or is wrong, depending on whether D is T.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[..., permutation]) - f(x)[..., permutation]).abs().max()


# %% wrong | compared-as-sets | Sorts both outputs along the positions before it compares them, so any reordering of the outputs counts as equal.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    a = f(x[:, permutation]).sort(dim=1).values
    b = f(x)[:, permutation].sort(dim=1).values
    return (a - b).abs().max()


# %% wrong | squared | Squares the difference; the stub asks for the absolute difference.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[:, permutation]) - f(x)[:, permutation]).pow(2).max()


# %% wrong | relative-error | Divides by the largest output, which makes a relative gap of the absolute one.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    a = f(x[:, permutation])
    b = f(x)[:, permutation]
    return (a - b).abs().max() / b.abs().max().clamp(min=1e-12)


# %% wrong | x-shuffled-in-place | Writes the shuffled sequence into the caller's x, which is not to be changed.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    target = f(x)[:, permutation]
    x.copy_(x[:, permutation].clone())
    return (f(x) - target).abs().max()


# %% wrong | view-needs-contiguous | Flattens x with view, which fails on the non-contiguous x that the stub allows.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    B, T, D = x.shape
    rows = x.view(B * T, D)
    index = (torch.arange(B)[:, None] * T + permutation).flatten()
    shuffled = rows[index].view(B, T, D)
    return (f(shuffled) - f(x)[:, permutation]).abs().max()


# %% wrong | cast-to-float32 | Casts the outputs to float32, so the gap of a float64 function has the wrong dtype.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    a = f(x[:, permutation]).float()
    b = f(x)[:, permutation].float()
    return (a - b).abs().max()


# %% wrong | two-dimensional-calls | Feeds each sequence as a (T, D) matrix although f takes (B, T, D) tensors only.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    gaps = []
    for sequence in x:
        gaps.append((f(sequence[permutation]) - f(sequence)[permutation]).abs().max())
    return torch.stack(gaps).max()


# %% wrong | difference-of-maxima | Subtracts the largest output of one side from that of the other, and not entry by entry.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[:, permutation]).max() - f(x)[:, permutation].max()).abs()


# %% wrong | inverse-on-both-sides | Scatters instead of gathering on both sides, which measures the inverse permutation and not the one that was given.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    back = torch.empty_like(permutation)
    back[permutation] = torch.arange(len(permutation))
    return (f(x[:, back]) - f(x)[:, back]).abs().max()


# %% right | one-line | Index on the second axis, on both sides.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return (f(x[:, permutation]) - f(x)[:, permutation]).abs().max()


# %% right | index-select | torch.index_select and torch.amax on the absolute difference.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    shuffled_in = torch.index_select(x, 1, permutation)
    shuffled_out = torch.index_select(f(x), 1, permutation)
    return torch.amax(torch.abs(f(shuffled_in) - shuffled_out))


# %% right | loop-over-positions | Builds the shuffled sequences position by position with a loop and torch.stack.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    def reorder(seq):
        return torch.stack([seq[:, int(p)] for p in permutation], dim=1)

    left = f(reorder(x))
    right = reorder(f(x))
    worst = torch.zeros((), dtype=left.dtype)
    for b in range(left.shape[0]):
        for t in range(left.shape[1]):
            worst = torch.maximum(worst, (left[b, t] - right[b, t]).abs().max())
    return worst


# %% right | undo-on-the-left | Undoes the permutation on f(P(x)) and compares with f(x); the same entries in another order.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    inverse = permutation.argsort()
    with torch.no_grad():
        return (f(x[:, permutation])[:, inverse] - f(x)).abs().max()


# %% right | gather | Expands the permutation to the shape of each tensor and gathers.
from collections.abc import Callable

import torch


def shuffle(seq: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    index = order.view(1, -1, 1).expand(seq.size(0), -1, seq.size(2))
    return seq.gather(1, index)


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    return torch.dist(f(shuffle(x, permutation)), shuffle(f(x), permutation), p=float("inf"))


# %% right | one-sequence-at-a-time | Calls f with batches of one and keeps the largest gap of all.
from collections.abc import Callable

import torch


def permutation_gap(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    gaps = []
    for b in range(x.size(0)):
        one = x[b : b + 1]
        a, c = f(one[:, permutation]), f(one)[:, permutation]
        gaps.append((a - c).abs().max())
    return torch.stack(gaps).max()
