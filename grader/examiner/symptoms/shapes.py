"""Tensors of the wrong shape or dtype: what was done to the right numbers?"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.examiner.comparison import tolerance
from grader.examiner.symptoms.evidence import (
    Evidence,
    dimension,
    named_arguments,
    sizes_of,
)

MAX_PERMUTED_DIMS = 5
ENOUGH_CALLS_OF_SIZES = 3  # in which sizes agree, and not by chance

Form = tuple[str, Callable[[Any, Any], bool]]


def of_tensors(got: Tensor, expected: Tensor) -> Iterator[Form]:
    yield from _of_dtype(got, expected)
    n = expected.dim()
    if got.dim() == n <= MAX_PERMUTED_DIMS:
        for order in itertools.permutations(range(n)):
            moved = [i for i, place in enumerate(order) if place != i]
            if len(moved) == 2:
                pair = " and ".join(dimension(i, n) for i in moved)
                yield (
                    f"The numbers are right, but {pair} of your result are swapped.",
                    _permuted(order),
                )
    if got.dim() == n <= MAX_PERMUTED_DIMS:
        yield (
            "The numbers are right, but the dimensions of your result are in another order.",
            lambda got, expected: any(
                near(got, expected.permute(order))
                for order in itertools.permutations(range(expected.dim()))
            ),
        )
    if (extra := list(got.shape).count(1)) == 1:  # of several, nobody knows which is the one
        i = list(got.shape).index(1)
        yield (
            f"The numbers are right, but your result has a dimension of size 1 too many:"
            f" dim={i} of its shape.",
            _squeezed(i),
        )
    if extra:
        yield (
            "The numbers are right, but your result has a dimension of size 1 too many.",
            lambda got, expected: any(_squeezed(i)(got, expected) for i in range(got.dim())),
        )
    for i in range(n):
        if list(expected.shape).count(1) == 1:
            yield (
                f"The numbers are right, but {dimension(i, n)}, of size 1, is missing in your"
                " result.",
                _missing(i),
            )
    yield (
        "The numbers are right, but a dimension of size 1 is missing in your result.",
        lambda got, expected: any(_missing(i)(got, expected) for i in range(expected.dim())),
    )
    for i in range(n):
        where = dimension(i, n)
        for says, fold in _FOLDS:
            if _changes(expected, i, fold):
                lacks = f"Your result lacks {where} of the expected one: {says} along it."
                yield lacks, _folded(i, fold, False)
                yield f"Along {where}, your result has size 1: {says}.", _folded(i, fold, True)
        if not _changes(expected, i, torch.mean):  # then it is the first, the last and the mean
            yield f"Along {where}, your result has size 1; all entries are expected.", _single(i)
        for k, place in ((0, "first"), (-1, "last")):
            yield (
                f"You return only the {place} entry of {where}; all are expected.",
                _selected(i, k),
            )
    for i in range(got.dim()):
        for says, fold in _FOLDS:
            yield (
                f"Your result has a dimension too many (dim={i}): if {says} along it, it is the"
                " expected one.",
                _unfolded(i, fold),
            )
    yield (
        "The numbers are right and in the right order, but your result has another shape.",
        lambda got, expected: near(got.reshape(expected.shape), expected),
    )
    yield (
        "The numbers are right, but each is repeated: your result is wider than it should be"
        " (broadcasting).",
        lambda got, expected: got.numel() > expected.numel() and near(got, expected.expand_as(got)),
    )


_FOLDS: tuple[tuple[str, Callable[..., Tensor]], ...] = (
    ("its numbers are summed up", torch.sum),
    ("its numbers are averaged", torch.mean),
)


def _of_dtype(got: Tensor, expected: Tensor) -> Iterator[Form]:
    mine, theirs = (str(value.dtype).removeprefix("torch.") for value in (got, expected))
    kinds = got.dtype, expected.dtype
    yield (
        f"The numbers are right, but as {mine}; they should be {theirs}.",
        lambda got, expected: (
            (got.dtype, expected.dtype) == kinds != (expected.dtype,) * 2 and near(got, expected)
        ),
    )
    yield (
        f"The numbers are right, but as {mine}, whatever dtype they should have.",
        lambda got, expected: got.dtype == kinds[0] != expected.dtype and near(got, expected),
    )


def _permuted(order: Sequence[int]) -> Callable[[Any, Any], bool]:
    return lambda got, expected: near(got, expected.permute(order))


def _squeezed(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: got.size(i) == 1 and near(got.squeeze(i), expected)


def _missing(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: expected.size(i) == 1 and near(got, expected.squeeze(i))


def _folded(i: int, fold: Callable[..., Tensor], keep: bool) -> Callable[[Any, Any], bool]:
    return lambda got, expected: (
        expected.size(i) > 1 and near(got, fold(expected.double(), i, keepdim=keep))
    )


def _single(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: (
        expected.size(i) > 1 and near(got, expected.select(i, 0).unsqueeze(i))
    )


def _changes(values: Tensor, i: int, fold: Callable[..., Tensor]) -> bool:
    """Whether it gives other numbers along dimension `i` than there are; truths have no mean."""
    folded = fold(values.double(), i, keepdim=True)
    return values.dtype != torch.bool and not bool((folded == values).all())


def _unfolded(i: int, fold: Callable[..., Tensor]) -> Callable[[Any, Any], bool]:
    return lambda got, expected: (
        got.size(i) > 1
        and got.shape[:i] + got.shape[i + 1 :] == expected.shape
        and near(fold(got.double(), i), expected)
    )


def _selected(i: int, k: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: (
        expected.size(i) > 1
        and (near(got, expected.select(i, k)) or near(got, expected.select(i, k).unsqueeze(i)))
    )


def near(got: Tensor, expected: Tensor) -> bool:
    """Whether the numbers are the same, as far as the coarser of two dtypes tells."""
    relative, absolute = map(max, zip(tolerance(got), tolerance(expected), strict=True))
    return got.shape == expected.shape and torch.allclose(
        got.detach().cpu().double(), expected.detach().cpu().double(), relative, absolute, True
    )


def sizes_of_another_argument(evidence: Evidence) -> str | None:
    """A dimension that has the size of something else in every call."""
    pairs = evidence.answers
    if len(pairs) < ENOUGH_CALLS_OF_SIZES or not all(
        isinstance(value, Tensor) for pair in pairs for value in pair
    ):
        return None
    sizes = [
        sizes_of(named_arguments(exchange.call, evidence.names)) for exchange in evidence.wrong
    ]
    mine, theirs = ([value.shape for value in values] for values in zip(*pairs, strict=True))
    if len({len(shape) for shape in (*mine, *theirs)}) != 1:
        return _ranks(mine, theirs)
    for dim in range(n := len(mine[0])):
        if [shape[dim] for shape in mine] != [shape[dim] for shape in theirs]:
            has, due = _phrase(mine, sizes, dim), _phrase(theirs, sizes, dim)
            if has and due:
                where = dimension(dim, n).capitalize()
                return f"{where} of your result has {has}; it should have {due}."
    return None


def _phrase(
    shapes: Sequence[torch.Size], sizes: Sequence[Mapping[str, int]], dim: int
) -> str | None:
    """What the sizes of one dimension are in all calls."""
    common = set.intersection(*map(set, sizes))
    for phrase in sorted(common, key=lambda phrase: (phrase.count(" "), phrase)):
        if all(shape[dim] == known[phrase] for shape, known in zip(shapes, sizes, strict=True)):
            return phrase
    return None


def _ranks(mine: Sequence[torch.Size], theirs: Sequence[torch.Size]) -> str | None:
    """Another number of dimensions than any of the right results has."""
    has, due = ({len(shape) for shape in shapes} for shapes in (mine, theirs))
    if len(has) > 1 or has & due:
        return None
    n = has.pop()
    is_of = f"has {n} dimension{'s' * (n != 1)}" if n else "is a single number"
    wanted = " or ".join(map(str, sorted(due)))
    return f"Your result {is_of} in every call; dimensions expected: {wanted}."
