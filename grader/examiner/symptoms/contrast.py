"""Which calls go wrong, and what sets them apart from those that go right."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.examiner.exchange import Exchange
from grader.examiner.symptoms.evidence import ArgumentNames, Evidence, named_arguments

ENOUGH_CALLS = 2  # on each side
CHANCE = 150  # divisions of the calls, of which one is no chance
MAX_COUNTED_DIMS = 6
DTYPES = ("float16", "bfloat16", "float32", "float64", "int64", "bool")


def which_calls(evidence: Evidence) -> str | None:
    """What all wrong calls have and no right one: the first such property, if there is one."""
    alike, bad = evidence.alike, [*evidence.wrong, *evidence.wrong_elsewhere]
    if not _is_telling(len(bad), len(alike)):
        return None
    given = dict.fromkeys(
        name
        for exchange in (*bad, *alike)
        for name in named_arguments(exchange.call, evidence.names)
    )
    wrong = [dict(_features(exchange, evidence.names, given)) for exchange in bad]
    right = [dict(_features(exchange, evidence.names, given)) for exchange in alike]
    for phrase in wrong[0]:
        if all(found.get(phrase) for found in wrong) and not any(
            found.get(phrase) for found in right
        ):
            if phrase.endswith(DTYPES) and _threshold(evidence, bad, alike, 1.0):
                return None  # the sizes differ as well: who knows which of the two it is?
            return f"{phrase}: all {len(wrong)} such calls go wrong, the {len(right)} others right"
    return _threshold(evidence, bad, alike, FAR)


def goes_wrong(evidence: Evidence) -> str | None:
    """The same as a sentence of its own."""
    where = which_calls(evidence)
    return f"Your code goes wrong {where}." if where else None


def _is_telling(wrong: int, right: int) -> bool:
    """Whether it is no chance that one of our properties divides so many calls without a fault."""
    return min(wrong, right) >= ENOUGH_CALLS and math.comb(wrong + right, wrong) >= CHANCE


def _features(
    exchange: Exchange, names: ArgumentNames, given: Iterable[str]
) -> Iterator[tuple[str, bool]]:
    """What may be true of a call, by a phrase for it; what is simplest to say comes first.

    `given` are the arguments that one call or another gives.
    """
    arguments = named_arguments(exchange.call, names)
    for name in given:
        yield f"where `{name}` is left out", name not in arguments
    for name, value in arguments.items():
        yield from _of_value(name, value)
    tensors = {name: value for name, value in arguments.items() if isinstance(value, Tensor)}
    yield from _of_sizes(tensors)
    for name, value in tensors.items():
        yield from _of_numbers(name, value)


def _of_value(name: str, value: Any) -> Iterator[tuple[str, bool]]:
    if value is None or isinstance(value, bool | str):
        yield f"where `{name}` is {value!r}", True
    else:
        yield f"where `{name}` is given", True
    if isinstance(value, int) and not isinstance(value, bool):
        yield f"where `{name}` is negative", value < 0
        yield f"where `{name}` is {value}", abs(value) <= 2
        yield f"where `{name}` is above 1", value > 1
    if isinstance(value, Tensor):
        yield f"where `{name}` is {str(value.dtype).removeprefix('torch.')}", True
        n = value.dim()
        for k in range(MAX_COUNTED_DIMS):
            yield f"where `{name}` has {k} dimension{'s' * (k != 1)}", n == k
            yield f"where `{name}` has more than {k} dimension{'s' * (k != 1)}", n > k
        for k, size in enumerate(value.shape):
            yield f"where dimension {k - n} of `{name}` has size 1", size == 1
            yield f"where dimension {k - n} of `{name}` has a size above 1", size > 1
        yield f"where `{name}` is empty", value.numel() == 0


def _of_sizes(tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, bool]]:
    """Of two sizes: both of the last two dimensions, or both of the same dimension."""
    named = [
        (dim - value.dim(), name, size)
        for name, value in tensors.items()
        for dim, size in enumerate(value.shape)
    ]
    for (i, one, size), (j, two, other) in itertools.combinations(named, 2):
        if i == j or min(i, j) >= -2:
            both = f"dimension {i} of `{one}` and dimension {j} of `{two}`"
            yield f"where the sizes of {both} differ", size != other
            yield f"where the sizes of {both} are equal", size == other


def _of_numbers(name: str, value: Tensor) -> Iterator[tuple[str, bool]]:
    if value.numel() == 0:
        return
    if value.dtype == torch.bool:
        yield f"where `{name}` forbids something", not bool(value.all())
        if value.dim():
            yield f"where a row of `{name}` allows nothing", not bool(value.any(-1).all())
        return
    numbers = value.double()
    yield f"where `{name}` holds an infinity or NaN", not bool(numbers.isfinite().all())


def _threshold(
    evidence: Evidence, bad: Sequence[Exchange], alike: Sequence[Exchange], far: float
) -> str | None:
    """A number of the calls that is larger in every wrong one, or smaller in every wrong one."""
    wrong = [dict(_measures(exchange, evidence.names)) for exchange in bad]
    right = [dict(_measures(exchange, evidence.names)) for exchange in alike]
    for phrase in wrong[0]:
        if not all(phrase in found for found in (*wrong, *right)):
            continue
        mine = [found[phrase] for found in wrong]
        theirs = [found[phrase] for found in right]
        enough = far * (FARTHER if phrase.startswith("the largest number") else 1.0)
        if _apart(theirs, mine, enough):
            return f"where {phrase} is {min(mine):.3g} or more, and right up to {max(theirs):.3g}"
        if _apart(mine, theirs, enough):
            return f"where {phrase} is {max(mine):.3g} or less, and right from {min(theirs):.3g} on"
    return None


FAR = 4.0  # times as large: what lies nearer may be chance
FARTHER = 3.0  # times that, for drawn numbers


def _apart(low: Sequence[float], high: Sequence[float], far: float) -> bool:
    return max(low) * far < min(high) and max(low) >= 0


def _measures(exchange: Exchange, names: ArgumentNames) -> Iterator[tuple[str, float]]:
    for name, value in named_arguments(exchange.call, names).items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield f"`{name}`", float(value)
        if isinstance(value, Tensor) and value.dtype != torch.bool and value.numel():
            largest = float(value.double().abs().max())
            yield f"the largest number in `{name}` (without its sign)", largest
            for dim, size in enumerate(value.shape):
                yield f"the size of dimension {dim - value.dim()} of `{name}`", float(size)
