"""The right numbers with too few digits."""

import torch

from grader.examiner.symptoms.evidence import Difference, Evidence

DIGITS = {torch.float64: 16, torch.float32: 7, torch.float16: 3, torch.bfloat16: 2}
NEAR = 1e-3
ENOUGH_NUMBERS = 6  # that differ


def lower_precision(evidence: Evidence) -> str | None:
    """Every number is one of a smaller dtype, and near the expected one."""
    if not _is_telling(evidence):
        return None
    wide = {found.dtype for found in evidence.differences}
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        if any(DIGITS.get(each, 0) <= DIGITS[dtype] for each in wide):
            continue
        if all((found.got.to(dtype).double() == found.got).all() for found in evidence.differences):
            name = str(dtype).removeprefix("torch.")
            return (
                f"{evidence.what} has only the {DIGITS[dtype]} digits of {name}: somewhere on the"
                " way the numbers are turned into that dtype."
            )
    return None


def few_digits(evidence: Evidence) -> str | None:
    """Near the expected numbers, but not as near as their dtype allows."""
    if not _is_telling(evidence):
        return None
    if {found.dtype for found in evidence.differences} == {torch.float64} and _error(
        evidence
    ) < 1e-5:
        return (
            f"{evidence.what} agrees to about 7 digits, where float64 has 16: something on the way"
            " has dtype float32, or a small constant (an epsilon) is added."
        )
    return (
        f"{evidence.what} is nearly right: no number is off by more than"
        f" {100 * _error(evidence):.2g} % of the largest."
    )


def _is_telling(evidence: Evidence) -> bool:
    """Whether all is near what is expected, and there is enough of it."""
    return evidence.numbers >= ENOUGH_NUMBERS and all(
        found.dtype in DIGITS and _is_near(found) for found in evidence.differences
    )


def _is_near(found: Difference) -> bool:
    return bool(found.got.isfinite().all()) and _relative(found) < NEAR


def _relative(found: Difference) -> float:
    scale = float(found.expected.abs().max())
    return float((found.got - found.expected).abs().max()) / scale if scale else 1.0


def _error(evidence: Evidence) -> float:
    return max(map(_relative, evidence.differences))
