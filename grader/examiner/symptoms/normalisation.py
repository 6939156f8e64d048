"""What the result sums to, and what it should."""

import torch
from torch import Tensor

from grader.examiner.symptoms.evidence import Evidence, dimension, distinct


def sums_along_another_dimension(evidence: Evidence) -> str | None:
    """Both are normalised, along two different dimensions; or yours over everything."""
    found = evidence.differences
    dims = {each.expected.dim() for each in found}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    wanted = [dim for dim in range(n) if all(sums_to_1(each.expected, dim) for each in found)]
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
    wanted = [dim for dim in range(n) if all(sums_to_1(each.expected, dim) for each in found)]
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
    return f"{evidence.what} should sum to 1 along {along}; its sums are {said}."


def all_alike(evidence: Evidence) -> str | None:
    """Every number of the result is one and the same."""
    found = evidence.differences
    if not found or any(
        each.got.numel() < 2 or distinct(each.got) > 1 or distinct(each.expected) < 2
        for each in found
    ):
        return None
    values = {f"{float(each.got.flatten()[0]):.4g}" for each in found}
    which = f": {values.pop()}" if len(values) == 1 else ""
    return f"{evidence.what} holds the same number everywhere{which}."


def sums_to_1(value: Tensor, dim: int) -> bool:
    return value.size(dim) > 1 and _is_1(value.sum(dim))


def _is_1(sums: Tensor) -> bool:
    return bool((sums - 1).abs().max() < 2e-3)
