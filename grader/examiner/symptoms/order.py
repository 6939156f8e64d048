"""The right numbers in the wrong places."""

import itertools
from collections.abc import Callable

import torch
from torch import Tensor

from grader.examiner.symptoms.evidence import Evidence, dimension, distinct

MAX_REORDERED_DIMS = 5


def rearranged(evidence: Evidence) -> str | None:
    """Turned, rolled, transposed: one rearrangement that explains every difference."""
    if not evidence.differences:
        return None
    dims = {found.expected.dim() for found in evidence.differences}
    if len(dims) != 1:
        return _first(evidence, _of_last_dims())
    n = dims.pop()
    return _first(evidence, _of_last_dims() + _of_dims(n)) if n <= MAX_REORDERED_DIMS else None


def permuted_along_a_dimension(evidence: Evidence) -> str | None:
    """The right rows in another order, whatever it is."""
    for dim in (-1, -2, 0):
        if evidence.differences and all(
            not found.close.all()
            and found.expected.dim() >= max(1, -dim)
            and found.gives(_matched(found.got, found.expected, dim))
            for found in evidence.differences
        ):
            n = evidence.differences[0].expected.dim()
            return (
                f"{evidence.what} holds the right numbers in another order along"
                f" {dimension(dim % n, n)}."
            )
    return None


Rearrangement = tuple[str, Callable[[Tensor], Tensor]]


def _first(evidence: Evidence, known: list[Rearrangement]) -> str | None:
    for says, rearrange in known:
        try:
            if all(found.gives(rearrange(found.expected)) for found in evidence.differences):
                return f"{evidence.what} is the expected one {says}."
        except (RuntimeError, IndexError, ValueError):  # it has no such dimension, or no two halves
            continue
    return None


def _of_last_dims() -> list[Rearrangement]:
    return [
        ("with its last two dimensions swapped", lambda x: x.transpose(-1, -2)),
        ("reversed along the last dimension", lambda x: x.flip(-1)),
        ("shifted by one place to the right along the last dimension", lambda x: _shift(x, 1, -1)),
        ("shifted by one place to the left along the last dimension", lambda x: _shift(x, -1, -1)),
        ("rolled by one place to the right along the last dimension", lambda x: x.roll(1, -1)),
        ("rolled by one place to the left along the last dimension", lambda x: x.roll(-1, -1)),
        (
            "with the two halves of the last dimension interleaved",
            lambda x: torch.stack(x.chunk(2, -1), -1).flatten(-2),
        ),
        (
            "with even and odd places of the last dimension sorted into two halves",
            lambda x: torch.cat([x[..., ::2], x[..., 1::2]], -1),
        ),
        (
            "with neighbours in the last dimension swapped",
            lambda x: x.unflatten(-1, (-1, 2)).flip(-1).flatten(-2),
        ),
        ("with the two halves of the last dimension swapped", lambda x: _halves_swapped(x)),
        ("sorted along the last dimension", lambda x: x.sort(-1).values),
    ]


def _of_dims(n: int) -> list[Rearrangement]:
    found: list[Rearrangement] = []
    for i, j in itertools.combinations(range(n), 2):
        if (i, j) != (n - 2, n - 1):
            found.append((f"with dimensions {i} and {j} swapped", _swap(i, j)))
        found.append((f"reshaped where dimensions {i} and {j} should be swapped", _reshape(i, j)))
    for dim in range(n - 1):
        where = dimension(dim, n)
        found += [
            (f"reversed along {where}", _along(torch.flip, (dim,))),
            (f"shifted by one place towards the end of {where}", _shifted(1, dim)),
            (f"shifted by one place towards the start of {where}", _shifted(-1, dim)),
            (f"rolled by one place towards the end of {where}", _rolled(1, dim)),
            (f"rolled by one place towards the start of {where}", _rolled(-1, dim)),
        ]
    return found


def _swap(i: int, j: int) -> Callable[[Tensor], Tensor]:
    return lambda x: x.transpose(i, j)


def _reshape(i: int, j: int) -> Callable[[Tensor], Tensor]:
    """What comes out of `reshape` where `transpose(i, j)` was wanted."""
    return lambda x: x.transpose(i, j).reshape(x.shape)


def _along(function: Callable[..., Tensor], dims: tuple[int, ...]) -> Callable[[Tensor], Tensor]:
    return lambda x: function(x, dims)


def _shifted(by: int, dim: int) -> Callable[[Tensor], Tensor]:
    return lambda x: _shift(x, by, dim)


def _rolled(by: int, dim: int) -> Callable[[Tensor], Tensor]:
    return lambda x: x.roll(by, dim)


def _shift(x: Tensor, by: int, dim: int) -> Tensor:
    """Like `roll`, with zeros for what comes in."""
    n = x.size(dim)
    rolled = x.roll(by, dim)
    rolled.narrow(dim, 0 if by > 0 else n - 1, 1).zero_()
    return rolled


def _halves_swapped(x: Tensor) -> Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat([second, first], -1)


def _matched(got: Tensor, expected: Tensor, dim: int) -> Tensor:
    """`expected` in the order of `got` along `dim`, as near as its slices come."""
    mine, theirs = got.movedim(dim, 0), expected.movedim(dim, 0)
    n = mine.size(0)
    if n < 3 or not (mine.isfinite().all() and theirs.isfinite().all()):
        return expected
    distance = torch.cdist(mine.reshape(n, -1)[None], theirs.reshape(n, -1)[None])[0]
    order = distance.argmin(1)
    if distinct(order) != order.numel():
        return expected
    return theirs[order].movedim(0, dim)
