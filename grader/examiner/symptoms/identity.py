"""The result is something else that is at hand: an argument, another result, or one step short."""

from collections.abc import Callable

import torch
from torch import Tensor

from grader.examiner.exchange import Exchange
from grader.examiner.symptoms.evidence import (
    Difference,
    Evidence,
    compared,
    distinct,
    result_named,
)
from grader.examiner.symptoms.inquiry import Inquiry


def is_an_argument(evidence: Evidence) -> str | None:
    return _of_arguments(evidence, "is `{}` itself", lambda found, value: value)


def misses_or_adds_an_argument(evidence: Evidence) -> str | None:
    """The expected result with an argument added, taken away, multiplied or divided by."""
    for says, combine in (
        ("is the expected one with `{}` added to it", lambda found, x: found.expected + x),
        (
            "is the expected one without `{}`, which should be added",
            lambda found, x: found.expected - x,
        ),
        ("is the expected one multiplied by `{}` once more", lambda found, x: found.expected * x),
        ("is the expected one divided by `{}`", lambda found, x: found.expected / x),
        ("is `{}` minus the expected one", lambda found, x: x - found.expected),
    ):
        said = _of_arguments(evidence, says, combine)
        if said:
            return said
    return None


def is_another_result(evidence: Evidence) -> str | None:
    """Results in each other's place."""
    places: set[str] | None = None
    for found in evidence.differences:
        others = compared(
            Exchange(found.exchange.call, found.exchange.expected, found.exchange.expected),
            evidence.names,
        )
        here = {other.label for other in others if found.gives(other.expected)}
        places = here if places is None else places & here
        if not places:
            return None
    if not places or not _is_telling(evidence):
        return None
    return f"{evidence.what} is what {min(places)} should be."


def results_exchanged(evidence: Evidence) -> str | None:
    """Two values or gradients, each of which is what the other should be."""
    labels = evidence.labels
    if len(labels) != 2 or not _is_telling(evidence):
        return None
    for found in evidence.differences:
        others = compared(
            Exchange(found.exchange.call, found.exchange.expected, found.exchange.expected),
            evidence.names,
        )
        due = [each.expected for each in others if each.label in set(labels) - {found.label}]
        if not any(map(found.gives, due)):
            return None
    one, other = labels
    return f"{result_named(one)} and {other} are in each other's place."


def is_a_step(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """The result is what the solution has on its way: what comes after is missing."""
    if not evidence.differences or not _is_telling(evidence):
        return None
    names: list[str] | None = None
    for found in evidence.differences:
        known = inquiry.steps(found.exchange)
        here = [name for name, values in known.items() if any(map(found.gives, values))]
        names = here if names is None else [name for name in names if name in here]
        if not names:
            return None
    assert names
    says = f"{evidence.what} is what a right answer has on its way as `{names[0]}`"
    # Of one value of several nobody knows which of the two comes first.
    return f"{says}." if any(evidence.labels) else f"{says}: what comes after that is missing."


def _is_telling(evidence: Evidence) -> bool:
    numbers = torch.cat([found.got.flatten() for found in evidence.differences])
    return distinct(numbers) >= 3


def _of_arguments(
    evidence: Evidence, says: str, combine: Callable[[Difference, Tensor], Tensor]
) -> str | None:
    if not evidence.differences or not _is_telling(evidence):
        return None
    for name in evidence.differences[0].tensors:
        if all(_fits(found, name, combine) for found in evidence.differences):
            return f"{evidence.what} {says.format(name)}."
    return None


def _fits(found: Difference, name: str, combine: Callable[[Difference, Tensor], Tensor]) -> bool:
    value = found.tensors.get(name)
    if value is None:
        return False
    try:
        return found.gives(combine(found, value))
    except RuntimeError:  # their shapes do not go together
        return False
