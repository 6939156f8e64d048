"""The most general statements: too large, too flat, growing too fast."""

import math

import torch
from torch import Tensor

from grader.examiner.exchange import Exchange, Value
from grader.examiner.symptoms.evidence import (
    Evidence,
    compared,
    distinct,
    named_arguments,
    result_named,
    with_argument,
)
from grader.examiner.symptoms.inquiry import Inquiry
from grader.examiner.symptoms.normalisation import sums_to_1
from grader.worker.values import leaves

ENOUGH_ON_ONE_SIDE = 12  # that all err to one side; with fewer it may be chance
LARGE = 64  # what an argument is multiplied by to see how the result grows with it
ALIKE = 0.02  # relative difference of two growths that are the same


def flatter_or_sharper(evidence: Evidence) -> str | None:
    """Weights in the right order, but nearer to each other, or further apart."""
    signs = set()
    for found in evidence.differences:
        got, expected = found.got, found.expected
        if (
            found.close.all()
            or got.dim() == 0
            or got.size(-1) < 3
            or not (got.isfinite() & expected.isfinite()).all()
        ):
            return None
        if not all((weights >= 0).all() and sums_to_1(weights, -1) for weights in (got, expected)):
            return None
        if not torch.equal(got.argsort(dim=-1, stable=True), expected.argsort(dim=-1, stable=True)):
            return None
        more = got.amax(-1) - expected.amax(-1)
        signs |= set(more[more.abs() > 1e-6].sign().tolist())
    if len(signs) != 1 or evidence.numbers < ENOUGH_ON_ONE_SIDE:
        return None
    how = "sharper" if signs.pop() > 0 else "flatter"
    return f"{evidence.what} has the right order in each row, but is {how} than it should be."


def one_sided(evidence: Evidence) -> str | None:
    """Every number that differs is too large, or every one too small."""
    if evidence.numbers < ENOUGH_ON_ONE_SIDE:
        return None
    signs = set()
    for found in evidence.differences:
        wrong = (found.got - found.expected)[~found.close]
        if not wrong.isfinite().all():
            return None
        signs |= set(wrong.sign().tolist())
    if len(signs) != 1:
        return None
    is_larger = signs.pop() > 0
    if all(found.dtype == torch.bool for found in evidence.differences):
        return f"Wherever your result differs, it is {is_larger} and should be {not is_larger}."
    how = "larger" if is_larger else "smaller"
    return f"Each number of yours that differs is {how} than the expected one."


def some_values_are_right(evidence: Evidence) -> str | None:
    """Of several values, some are right in every wrong call."""
    known = [part for judged in evidence.failures for part in judged.numbers]
    wrong = evidence.labels
    right = [label for label in dict.fromkeys(part.label for part in known) if label not in wrong]
    if not wrong or not right or evidence.only is not None or not evidence.is_most:
        return None
    if "" in (*wrong, *right):  # other calls give one value alone, which has no name
        return None
    if evidence.wrong[0].call.want == "gradients":  # of which something plainer is said
        return None
    for label in right:
        numbers = [part.expected.flatten() for part in known if part.label == label]
        if distinct(torch.cat(numbers)) < ENOUGH_ON_ONE_SIDE:  # a few are right by chance
            return None
    good, bad = " and ".join(right), " and ".join(wrong)
    are, but = ("are" if len(labels) > 1 else "is" for labels in (right, wrong))
    return f"Of your result, {good} {are} right in every call; {bad} {but} not."


def grows_otherwise(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """A whole number in the call is made much larger: the two results grow by different factors.

    Only for what answers with numbers: tensors of such sizes would take all the memory there is.
    """
    exchange = evidence.wrong[0]
    if not isinstance(exchange.expected, Value) or any(
        isinstance(leaf, Tensor) for _, leaf in leaves(exchange.expected.value)
    ):
        return None

    def grown(name: str, value: int) -> Exchange | None:
        return inquiry.ask(exchange, with_argument(exchange.call, name, value, evidence.names))

    for name, value in named_arguments(exchange.call, evidence.names).items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            continue
        large, larger = grown(name, value * LARGE), grown(name, value * LARGE * 2)
        if says := _growth(large, larger, evidence, name):
            return says
    return None


def _growth(
    large: Exchange | None, larger: Exchange | None, evidence: Evidence, name: str
) -> str | None:
    if large is None or larger is None:
        return None
    labels = {found.label for found in evidence.differences}
    before = {found.label: found for found in compared(large, evidence.names)}
    for found in compared(larger, evidence.names):
        first = before.get(found.label)
        if first is None or found.label not in labels or found.got.numel() != 1:
            continue
        if not (float(first.got) > 0 and float(first.expected) > 0):
            continue
        what = result_named(found.label)
        if float(found.got) < 0 < float(found.expected):
            return f"{what} is negative where `{name}` is large: it overflows."
        mine, theirs = float(found.got / first.got), float(found.expected / first.expected)
        power = 2 ** round(math.log2(theirs))
        if abs(theirs / power - 1) < ALIKE < abs(mine / theirs - 1):
            return (
                f"{what} {_grows(mine)} when a large `{name}` is doubled; the right one"
                f" {_grows(power)}."
            )
    return None


def _grows(factor: float) -> str:
    return "stays as it is" if factor == 1 else f"becomes {factor:.3g} times as large"


def values_are_right(evidence: Evidence) -> str | None:
    """Wrong gradients where no value is wrong (which is for the finder to see)."""
    return (
        "The values are right here and their gradients are not: a part of the computation is hidden"
        " from autograd, as by `detach` or a `clamp`, or has a gradient of its own."
    )
