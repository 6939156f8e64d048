"""Scale, shift and simple functions: the result is the expected one, and something done to it."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from grader.examiner.symptoms.evidence import TOLERANCE, Difference, Evidence, distinct, lowered

ENOUGH_FITTING = 3  # that differ; with fewer, something always fits

FUNCTIONS: tuple[tuple[str, Callable[[Tensor], Tensor]], ...] = (
    ("has the opposite sign", torch.neg),
    ("is the absolute value of the expected one", torch.abs),
    ("is 1 divided by the expected one", torch.reciprocal),
    ("is 1 minus the expected one", lambda x: 1 - x),
    ("is the exponential of the expected one", torch.exp),
    ("is the logarithm of the expected one", torch.log),
    ("is the square of the expected one", torch.square),
    ("is the square root of the expected one", torch.sqrt),
    ("is the expected one rounded to whole numbers", torch.round),
    ("is the expected one rounded down to whole numbers", torch.floor),
    ("is the expected one rounded up to whole numbers", torch.ceil),
    ("is the expected one with its decimals cut off", torch.trunc),
    ("is the expected one with every negative number set to 0", torch.relu),
    ("is the tanh of the expected one", torch.tanh),
    ("is the sigmoid of the expected one", torch.sigmoid),
)

# By the phrase for it, what a factor is made of: one size in the call.
FACTORS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("times {}", lambda n: n),
    ("divided by {}", lambda n: 1 / n),
    ("times √n, where n is {}", lambda n: math.sqrt(n)),
    ("divided by √n, where n is {}", lambda n: 1 / math.sqrt(n)),
    ("times n / (n − 1), where n is {}", lambda n: n / (n - 1)),
    ("times (n − 1) / n, where n is {}", lambda n: (n - 1) / n),
    ("times √(n / (n − 1)), where n is {}", lambda n: math.sqrt(n / (n - 1))),
    ("times √((n − 1) / n), where n is {}", lambda n: math.sqrt((n - 1) / n)),
    ("times the square of {}", lambda n: n * n),
    ("divided by the square of {}", lambda n: 1 / (n * n)),
    ("times ln n, where n is {}", lambda n: math.log(n)),
    ("divided by ln n, where n is {}", lambda n: 1 / math.log(n)),
)
SUMMANDS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("{}", lambda n: n),
    ("1/n, where n is {}", lambda n: 1 / n),
    ("√n, where n is {}", lambda n: math.sqrt(n)),
    ("ln n, where n is {}", lambda n: math.log(n)),
)
CONSTANTS = {
    "ln 2": math.log(2),
    "1 / ln 2": 1 / math.log(2),
    "ln 10": math.log(10),
    "π": math.pi,
    "2π": 2 * math.pi,
    "√(2π)": math.sqrt(2 * math.pi),
    "√2": math.sqrt(2),
    "1/√2": math.sqrt(0.5),
}
FRACTIONS = {0.5: "half of {}", 1 / 3: "a third of {}", 0.25: "a quarter of {}", 2.0: "twice {}"}
SAME = 2e-4  # relative difference below which two factors are one
MAX_POWER = 1000.0
MAX_DECIMALS = 6
NEAR_A_STEP = 0.02  # of one: what the dtype does not tell from a decimal fraction
TINY = 1e-15
NEAR_1 = 1e-3  # a factor that is nearly 1 is better told as a loss of digits


def function_of_expected(evidence: Evidence) -> str | None:
    if not enough(evidence):
        return None
    for says, function in FUNCTIONS:
        if all(found.gives(function(found.expected)) for found in evidence.differences):
            made = torch.cat([function(found.expected).flatten() for found in evidence.differences])
            return f"{evidence.what} {says}." if distinct(made) >= ENOUGH_FITTING else None
    return None


def scaled(evidence: Evidence) -> str | None:
    """got = c · expected, with one c for all calls, or one made of a size in each."""
    factors = _factors(evidence)
    named = multiple(evidence.differences, factors, "the expected one") if factors else None
    return f"{evidence.what} is {named}." if named else None


def scaled_in_each_call(evidence: Evidence) -> str | None:
    """got = c · expected, with a c for each call that nobody knows."""
    factors = _factors(evidence)
    if not factors or any(found.got.numel() < ENOUGH_FITTING for found in evidence.differences):
        return None
    return f"{evidence.what} is the expected one times {_listed(factors)}."


def _factors(evidence: Evidence) -> list[float] | None:
    factors = _each(evidence, _factor)
    if factors and any(math.isclose(factor, 1.0, rel_tol=NEAR_1) for factor in factors):
        return None
    return factors


def shifted(evidence: Evidence) -> str | None:
    """got = expected + c, with one c for all calls."""
    return _shifted(evidence, lambda _, sizes: _constant(sizes))


def shifted_by_a_size(evidence: Evidence) -> str | None:
    """got = expected + c, with one c for each call, made of a size in it."""
    return _shifted(evidence, lambda found, sizes: _named(found, sizes, SUMMANDS))


def _shifted(
    evidence: Evidence, name: Callable[[Sequence[Difference], Sequence[float]], str | None]
) -> str | None:
    summands = _each(evidence, _summand)
    if summands is None or len({summand > 0 for summand in summands}) > 1:
        return None
    named = name(evidence.differences, [abs(summand) for summand in summands])
    how = "large" if summands[0] > 0 else "small"
    return f"{evidence.what} is too {how} by {named}." if named else None


def _listed(factors: Sequence[float]) -> str:
    few = list(dict.fromkeys(f"{factor:.3g}" for factor in factors))[:3]
    return f"a factor that is not the same in all calls: {', '.join(few)}, …"


def sharpened(evidence: Evidence) -> str | None:
    """Weights that are right but for a factor at the scores they were made of."""
    powers = _each(evidence, _power)
    if powers is None:
        return None
    named = multiple(evidence.differences, powers, "what they should be")
    if named is None:
        named = f"what they should be times {_listed(powers)}"
    return f"{evidence.what} is what comes out when the scores before the softmax are {named}."


def rounded(evidence: Evidence) -> str | None:
    """Rounded to a number of decimals."""
    kinds = {found.dtype for found in evidence.differences}
    if not kinds or not all(kind.is_floating_point for kind in kinds) or not enough(evidence):
        return None
    for decimals in range(1, MAX_DECIMALS + 1):
        if all(_is_rounded(found, decimals) for found in evidence.differences):
            places = f"{decimals} decimal{'s' * (decimals > 1)}"
            return f"{evidence.what} is the expected one rounded to {places}."
    return None


def _is_rounded(found: Difference, decimals: int) -> bool:
    """Whether each number is the decimal fraction next to the right one, and that by no chance."""
    if not (found.got.isfinite() & found.expected.isfinite()).all():
        return False
    step = 10.0**-decimals
    known = 2 * torch.finfo(found.dtype).eps * found.expected.abs()  # as far as the dtype tells
    if (known > NEAR_A_STEP * step).any():
        return False
    beside = (found.got - (found.got / step).round() * step).abs()
    error = (found.got - found.expected).abs()
    return bool((beside <= known + TINY).all() and (error <= (0.5 + NEAR_A_STEP) * step).all())


def clamped(evidence: Evidence) -> str | None:
    """What lies beyond a bound came out as the bound; so it may on the other side."""
    highest, lowest = (_bound(evidence, side) for side in (torch.gt, torch.lt))
    if highest is lowest is None or not enough(evidence):
        return None
    free = False
    for found in evidence.differences:
        if not found.gives(found.expected.clamp(lowest, highest)):
            return None
        inside = found.expected[found.close]
        free = free or any(float(number) not in (highest, lowest) for number in inside)
    if not free:  # nothing shows that what lies between is let through
        return None
    sides = (("above", highest), ("below", lowest))
    beyond = " or ".join(f"{side} {bound:.4g}" for side, bound in sides if bound is not None)
    what = lowered(evidence.what)
    return f"What should lie {beyond} in {what} came out as exactly that: something clamps it."


def _bound(evidence: Evidence, is_beyond: Callable[[Tensor, Tensor], Tensor]) -> float | None:
    """The number that stands where the right one lies beyond the learner's; None where there is
    no one such number, or it stands at few places."""
    wrong = [
        (found, found.got[~found.close & is_beyond(found.expected, found.got)])
        for found in evidence.differences
    ]
    numbers = torch.cat([numbers for _, numbers in wrong])
    if numbers.numel() < ENOUGH_FITTING or not numbers.isfinite().all():
        return None
    # The widest dtype knows it best: 0.1 is another number in float32.
    _, known = min(
        ((TOLERANCE.get(found.dtype, SAME), each) for found, each in wrong if each.numel()),
        key=lambda pair: pair[0],
    )
    bound = float(known[0])
    alike = all(math.isclose(bound, each, rel_tol=SAME) for each in numbers.tolist())
    return bound if alike else None


def multiple(differences: Sequence[Difference], factors: Sequence[float], whole: str) -> str | None:
    """`whole` with a factor for each call: made of a size in the call, a constant, or itself."""
    if not _alike(factors):
        named = _named(differences, factors, FACTORS)
        return f"{whole} {named}" if named else None
    for fraction, phrase in FRACTIONS.items():
        if math.isclose(factors[0], fraction, rel_tol=SAME):
            return phrase.format(whole)
    return f"{whole} times {_constant(factors)}"


def _named(
    differences: Sequence[Difference],
    numbers: Sequence[float],
    forms: Sequence[tuple[str, Callable[[float], float]]],
) -> str | None:
    """What a number that changes from call to call is made of."""
    common = set.intersection(*(set(found.sizes) for found in differences))
    for form, function in forms:
        for phrase in sorted(common, key=lambda phrase: (phrase.count(" "), phrase)):
            if all(
                _is(number, function, found.sizes[phrase], TOLERANCE.get(found.dtype, SAME))
                for number, found in zip(numbers, differences, strict=True)
            ):
                return form.format(phrase)
    return None


def _constant(numbers: Sequence[float]) -> str | None:
    if not _alike(numbers):
        return None
    for name, constant in CONSTANTS.items():
        if math.isclose(numbers[0], constant, rel_tol=SAME):
            return name
    return f"{numbers[0]:.4g}"


def _is(number: float, function: Callable[[float], float], size: int, digits: float) -> bool:
    try:
        return math.isclose(number, function(size), rel_tol=max(digits, SAME))
    except (ValueError, ZeroDivisionError, OverflowError):
        return False


def _alike(numbers: Sequence[float]) -> bool:
    return all(math.isclose(number, numbers[0], rel_tol=SAME) for number in numbers)


def enough(evidence: Evidence) -> bool:
    """Whether there are so many different numbers that a fit is no coincidence."""
    known = {
        float(f"{number:.3g}")
        for found in evidence.differences
        for number in found.expected[~found.close].flatten()[: ENOUGH_FITTING * 4].tolist()
    }
    return len(known) >= ENOUGH_FITTING


def _each(evidence: Evidence, measure: Callable[[Difference], float | None]) -> list[float] | None:
    """A number for each difference, where there is one and the evidence is enough."""
    if not evidence.differences or not enough(evidence):
        return None
    found = []
    for difference in evidence.differences:
        number = measure(difference)
        if number is None:
            return None
        found.append(number)
    # Half precision knows a number to three digits: where the others agree, it is theirs.
    digits = [TOLERANCE.get(difference.dtype, SAME) for difference in evidence.differences]
    sure = found[digits.index(min(digits))]
    return [
        sure if digit > SAME and math.isclose(number, sure, rel_tol=digit) else number
        for number, digit in zip(found, digits, strict=True)
    ]


def _factor(found: Difference) -> float | None:
    at = int(found.expected.nan_to_num(0.0, 0.0, 0.0).abs().argmax())
    divisor = float(found.expected.flatten()[at])
    if divisor == 0:
        return None
    factor = float(found.got.flatten()[at]) / divisor
    good = math.isfinite(factor) and factor != 0 and found.gives(found.expected * factor)
    return factor if good else None


def _summand(found: Difference) -> float | None:
    summand = float((found.got - found.expected).flatten()[0])
    return summand if math.isfinite(summand) and found.gives(found.expected + summand) else None


def _power(found: Difference) -> float | None:
    """c where got ∝ expected ** c along the last dimension, and both sum to 1."""
    got, expected = found.got, found.expected
    if got.dim() == 0 or got.size(-1) < 3 or (expected < 0).any() or (got < 0).any():
        return None
    allowed = expected > 0
    rows = allowed.any(-1)
    if not torch.equal(allowed, got > 0) or int(allowed.sum(-1).max()) < ENOUGH_FITTING:
        return None
    for weights in (got, expected):
        if not torch.allclose(weights.sum(-1)[rows], torch.ones(()).double(), atol=1e-3):
            return None
    mine, theirs = (_centred_logarithm(weights, allowed) for weights in (got, expected))
    power = float((mine * theirs).sum() / (theirs * theirs).sum())
    if not 1 / MAX_POWER < abs(power) < MAX_POWER:  # one is flat, or a single weight
        return None
    made = torch.softmax((power * expected.log()).masked_fill(~allowed, -torch.inf), -1)
    return power if found.gives(made.masked_fill(~allowed, 0.0)) else None


def _centred_logarithm(weights: Tensor, allowed: Tensor) -> Tensor:
    """ln w less its mean over what is allowed in the row; 0 elsewhere."""
    logs = weights.log().masked_fill(~allowed, 0.0)
    mean = logs.sum(-1, keepdim=True) / allowed.sum(-1, keepdim=True).clamp(min=1)
    return (logs - mean).masked_fill(~allowed, 0.0)
