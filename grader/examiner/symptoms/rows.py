"""Right along one dimension, but for a factor or a summand of each row."""

from collections.abc import Callable

import torch
from torch import Tensor

from grader.examiner.symptoms.arithmetic import enough
from grader.examiner.symptoms.evidence import Difference, Evidence

ENOUGH_IN_A_ROW = 3  # numbers
ENOUGH_IN_ROWS = 6  # numbers that differ


def rescaled_rows(evidence: Evidence) -> str | None:
    """The right proportions along one dimension, with a factor for each row."""
    return _by_rows(
        evidence,
        _ratio,
        "has the right proportions along {}, but each row is off by a factor of its own.",
    )


def shifted_rows(evidence: Evidence) -> str | None:
    """The right differences along one dimension, with a summand for each row."""
    return _by_rows(
        evidence,
        torch.sub,
        "has the right differences along {}, but each row is off by a number of its own.",
    )


def _ratio(got: Tensor, expected: Tensor) -> Tensor:
    return got / expected


def _by_rows(
    evidence: Evidence, measure: Callable[[Tensor, Tensor], Tensor], says: str
) -> str | None:
    """`says`, where `measure` of both is constant along one dimension, the same in all calls."""
    if not evidence.differences or evidence.numbers < ENOUGH_IN_ROWS or not enough(evidence):
        return None
    for dim in (-1, -2, 0):
        if all(_is_constant(found, measure, dim) for found in evidence.differences):
            names = {-1: "the last dimension", -2: "the second to last dimension"}
            along = names.get(dim, "the first dimension")
            return f"{evidence.what} {says.format(along)}"
    return None


def _is_constant(found: Difference, measure: Callable[[Tensor, Tensor], Tensor], dim: int) -> bool:
    if found.close.all() or found.got.dim() < max(1, -dim) or found.got.size(dim) < ENOUGH_IN_A_ROW:
        return False
    rows = measure(found.got, found.expected)
    if not rows.isfinite().all():
        return False
    if measure is _ratio and not (_has_rank(found.expected.movedim(dim, -1)) and rows.any()):
        return False
    middle = rows.mean(dim, keepdim=True).expand_as(rows)
    undone = found.expected * middle if measure is _ratio else found.expected + middle
    return found.gives(undone)


def _has_rank(rows: Tensor) -> bool:
    """Whether the rows of a matrix differ by more than a factor. Where they do not, as in an outer
    product, wrong factors give the right proportions as well."""
    return rows.dim() > 1 and bool((torch.linalg.matrix_rank(rows, rtol=1e-4) > 1).any())
