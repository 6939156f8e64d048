"""What the result sums to, and what it should."""

from collections.abc import Sequence

import torch
from torch import Tensor

from grader.examiner.symptoms.evidence import (
    TOLERANCE,
    Difference,
    Evidence,
    dimension,
    distinct,
)

ENOUGH_SUMS = 3
ENOUGH_ALIKE = 6  # whole numbers that are the first one again
ROUNDING = 0.5  # of the tolerance, as a part of the largest expected number
NOTICED = 1e-2  # what is larger is not called 0, beside whatever numbers


def sums_along_another_dimension(evidence: Evidence) -> str | None:
    """Both are normalised, along two different dimensions; or yours over everything."""
    found = evidence.differences
    dims = {each.expected.dim() for each in found}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    wanted = _normalised(found, n)
    mine = [dim for dim in range(n) if all(sums_to_1(each.got, dim) for each in found)]
    if not wanted or set(mine) & set(wanted):
        return None
    right = f"it should sum to 1 along {dimension(wanted[0], n)}"
    if mine:
        return f"{evidence.what} sums to 1 along {dimension(mine[0], n)}; {right}."
    if n > 1 and all(_is_1(each.got.sum()) for each in found):
        return f"{evidence.what} sums to 1 over everything; {right}."
    if n > 2 and all(_is_1(each.got.flatten(1).sum(1)) for each in found):
        return f"{evidence.what} sums to 1 over the whole of each batch element; {right}."
    return None


def not_normalised(evidence: Evidence) -> str | None:
    """The result should sum to 1, or have no negative number, and does not."""
    found = evidence.differences
    dims = {each.expected.dim() for each in found}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    wanted = _normalised(found, n)
    if not wanted:
        return None
    if all((each.expected >= 0).all() and (each.got < 0).any() for each in found):
        return f"{evidence.what} has negative numbers, where weights from 0 to 1 are expected."
    sums = torch.cat([each.got.sum(wanted[0]).flatten() for each in found])
    if not sums.isfinite().all() or _is_1(sums):
        return None
    low, high = float(sums.min()), float(sums.max())
    along = dimension(wanted[0], n)
    few = sorted({float(f"{number:.4g}") for number in sums.tolist()})
    said = " or ".join(f"{number:g}" for number in few)
    if len(few) > 3:
        said = f"between {low:.4g} and {high:.4g}"
    return f"{evidence.what} does not sum to 1 along {along}, as it should; its sums are {said}."


def _normalised(found: Sequence[Difference], n: int) -> list[int]:
    """The dimensions along which every expected result sums to 1, and not by chance."""
    return [
        dim
        for dim in range(n)
        if all((each.expected >= 0).all() and sums_to_1(each.expected, dim) for each in found)
        and sum(each.expected.numel() // each.expected.size(dim) for each in found) >= ENOUGH_SUMS
    ]


def all_alike(evidence: Evidence) -> str | None:
    """Every number of the result is one and the same."""
    found = evidence.differences
    if any(map(_is_nothing, found)) and all(
        _is_nothing(each) or not each.got.any() for each in found
    ):
        return f"{evidence.what} is 0 everywhere, but for rounding."
    if not found or any(
        each.got.numel() < 2 or distinct(each.got) > 1 or distinct(each.expected) < 2
        for each in found
    ):
        return None
    alike = sum(each.got.numel() - 1 for each in found)
    if alike < ENOUGH_ALIKE and not any(each.dtype.is_floating_point for each in found):
        return None  # a few whole numbers are alike by chance
    values = {f"{float(each.got.flatten()[0]):.4g}" for each in found}
    which = f": {values.pop()}" if len(values) == 1 else ""
    if which and all(each.dtype == torch.bool for each in found):
        return f"{evidence.what} is {bool(found[0].got.flatten()[0])} everywhere."
    return f"{evidence.what} holds the same number everywhere{which}."


def _is_nothing(found: Difference) -> bool:
    """Whether the numbers are what rounding leaves of 0, though not 0 throughout."""
    largest, due = float(found.got.abs().max()), float(found.expected.abs().max())
    rounding = ROUNDING * TOLERANCE.get(found.dtype, 0.0) * max(due, 1.0)
    is_small = largest < min(rounding, NOTICED)
    return found.got.numel() > 1 and largest > 0 and is_small and rounding < 0.1 * due


def sums_to_1(value: Tensor, dim: int) -> bool:
    return value.size(dim) > 1 and _is_1(value.sum(dim))


def _is_1(sums: Tensor) -> bool:
    return bool((sums - 1).abs().max() < 2e-3)
