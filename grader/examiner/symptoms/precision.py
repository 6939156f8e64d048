"""The right numbers with too few digits."""

import torch
from torch import Tensor

from grader.examiner.exchange import Value
from grader.examiner.symptoms.evidence import Difference, Evidence, label_of
from grader.worker.values import leaves

DIGITS = {torch.float64: 16, torch.float32: 7, torch.float16: 3, torch.bfloat16: 2}
NEAR = 3e-3
BITS = {torch.float32: 24, torch.float16: 11, torch.bfloat16: 8}  # of a number
ENOUGH_ROUNDED = 6  # that differ
ENOUGH_TELLING = 3  # that the smaller dtype does not hold
EXACT = 2**53  # up to which a float holds every whole number
FLOAT_EPS = 1e-14


def lower_precision(evidence: Evidence) -> str | None:
    """Every number is one of a smaller dtype, and near the expected one."""
    if not _is_telling(evidence):
        return None
    wide = {found.dtype for found in evidence.differences if found.is_wrong}
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        if any(DIGITS[each] <= DIGITS[dtype] for each in wide) or not _tells(evidence, dtype):
            continue
        if all(_is_of(found.got, dtype).all() for found in evidence.differences):
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
    wrong, right = (
        {found.dtype for found in evidence.differences if found.is_wrong == is_wrong}
        for is_wrong in (True, False)
    )
    is_double = wrong == {torch.float64} and torch.float64 not in right
    if is_double and _error(evidence) < 1e-5 and _tells(evidence, torch.float32):
        return (
            f"{evidence.what} agrees to about 5 digits or more, where float64 has 16, as if"
            " something on the way had dtype float32, or a small constant (an epsilon) were not the"
            " right one."
        )
    return (
        f"{evidence.what} is nearly right: no number is off by more than"
        f" {100 * _error(evidence):.2g} % of the largest."
    )


def _is_of(numbers: Tensor, dtype: torch.dtype) -> Tensor:
    """Which of the numbers a smaller dtype holds."""
    return numbers.to(dtype).double() == numbers


def _tells(evidence: Evidence, dtype: torch.dtype) -> bool:
    """Whether the numbers could show that they were turned into this dtype: the right ones do not
    fit into it, and the others are not multiples of one step, as halves and whole numbers are."""
    wrong = [found for found in evidence.differences if found.is_wrong]
    lost = sum(int((~_is_of(found.expected, dtype) & ~found.close).sum()) for found in wrong)
    numbers = torch.cat([found.got[~found.close] for found in wrong])
    _, exponent = torch.frexp(numbers.abs().max())
    step = torch.ldexp(torch.ones_like(numbers), exponent - BITS[dtype])  # of the largest of them
    return lost >= ENOUGH_TELLING and not bool((numbers.remainder(step) == 0).all())


def fixed_width(evidence: Evidence) -> str | None:
    """Whole numbers that overflowed."""
    pairs = _whole(evidence)
    for bits in (32, 64):
        if pairs and all(mine == _wrapped(theirs, bits) for mine, theirs in pairs):
            return (
                f"{evidence.what} is what {bits} bits hold of the right number: an integer of that"
                " width overflows, as numpy's and torch's do. Python's `int` has no end."
            )
    return None


def _wrapped(number: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (number + half) % (1 << bits) - half


def through_float(evidence: Evidence) -> str | None:
    """Whole numbers of which only the first 16 digits are right, as a float would hold them."""
    pairs = _whole(evidence)
    if not pairs or not all(
        abs(theirs) > EXACT
        and abs(mine - theirs) <= abs(theirs) * FLOAT_EPS
        and mine == int(float(mine))
        for mine, theirs in pairs
    ):
        return None
    return (
        "What differs is a whole number that is right in its first 15 digits or so, as many as a"
        " float holds: somewhere on the way it is a float (`/`, `math.pow`, `float`, `1e9`)."
    )


def _whole(evidence: Evidence) -> list[tuple[int, int]]:
    """The whole numbers that differ, exactly; empty where something else differs as well."""
    pairs = []
    for exchange in evidence.wrong:
        assert isinstance(exchange.got, Value) and isinstance(exchange.expected, Value)
        found = zip(leaves(exchange.got.value), leaves(exchange.expected.value), strict=True)
        for (path, mine), (_, theirs) in found:
            if evidence.only not in (None, label_of(path, exchange)):
                continue
            if not isinstance(mine, int) or not isinstance(theirs, int):
                return []
            if mine != theirs:
                pairs.append((mine, theirs))
    return pairs


def _is_telling(evidence: Evidence) -> bool:
    """Whether all is near what is expected, and there is enough of it."""
    return evidence.numbers >= ENOUGH_ROUNDED and all(
        found.dtype in DIGITS and _is_near(found)
        for found in evidence.differences
        if found.is_wrong
    )


def _is_near(found: Difference) -> bool:
    return bool(found.got.isfinite().all()) and _relative(found) < NEAR


def _relative(found: Difference) -> float:
    scale = float(found.expected.abs().max())
    return float((found.got - found.expected).abs().max()) / scale if scale else 1.0


def _error(evidence: Evidence) -> float:
    return max(_relative(found) for found in evidence.differences if found.is_wrong)
