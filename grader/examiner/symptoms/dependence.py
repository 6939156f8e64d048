"""What the result depends on, found by changing one thing in a call at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.examiner.comparison import Differs, check_structure
from grader.examiner.exchange import Exchange, Value
from grader.examiner.symptoms.evidence import (
    Evidence,
    as_numbers,
    dimension,
    named_arguments,
)
from grader.examiner.symptoms.inquiry import Inquiry, is_fickle
from grader.worker.calls import Call
from grader.worker.values import leaves

MAX_INDICES = 6  # of a dimension, that are tried
MAX_ARGUMENT = 400  # numbers in an argument that is tried
STILL = 1e-12  # the solution has not moved
MOVED = 1e-5  # the learner's result has, beyond rounding


@dataclass(frozen=True)
class Trial:
    """One slice of an argument was changed: which numbers of the two results moved?"""

    argument: str
    dim: int
    index: int
    dims: int
    mine: Tensor
    ours: Tensor


def not_repeatable(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """Two equal calls, two results."""
    twice = inquiry.ask_twice(evidence.wrong[0])
    if twice is None or not is_fickle(*twice):
        return None
    return (
        "Two equal calls, one right after the other, give different results: something in your code"
        " is random, or is kept from one call to the next."
    )


def depends_on_other_things(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """What the result should depend on and does not, or the reverse."""
    exchange = min(evidence.wrong, key=_size)
    trials = list(_trials(exchange, evidence, inquiry))
    return _ignored(trials, evidence) or _unused(trials, evidence) or _leaked(trials, evidence)


def _ignored(trials: list[Trial], evidence: Evidence) -> str | None:
    for name in dict.fromkeys(trial.argument for trial in trials):
        about = [trial for trial in trials if trial.argument == name]
        if any(trial.ours.any() for trial in about) and not any(t.mine.any() for t in about):
            return (
                f"{evidence.what} does not depend on `{name}`: other numbers there leave it as it"
                " is."
            )
    return None


def _unused(trials: list[Trial], evidence: Evidence) -> str | None:
    """One slice that has no influence, where its neighbours have."""
    for trial in trials:
        if trial.ours.any() and not trial.mine.any():
            return (
                f"{evidence.what} does not depend on `{trial.argument}` at index {trial.index} of"
                f" {dimension(trial.dim, trial.dims)}; the right one does."
            )
    return None


def _leaked(trials: list[Trial], evidence: Evidence) -> str | None:
    """A place of the result that moves with a slice that it should not depend on."""
    for trial in trials:
        extra = trial.mine & ~trial.ours
        if trial.mine.shape != trial.ours.shape or not extra.any():
            continue
        place = [int(i) for i in extra.nonzero()[0]]
        ahead = ""
        if all(_is_ahead(other) for other in trials if (other.mine & ~other.ours).any()):
            ahead = " It looks ahead."
        return (
            f"{evidence.what} at {place} changes with `{trial.argument}` at index {trial.index} of"
            f" {dimension(trial.dim, trial.dims)}; the right one does not.{ahead}"
        )
    return None


def _is_ahead(trial: Trial) -> bool:
    """Whether everything that moves wrongly lies at positions before the one that was changed."""
    extra = (trial.mine & ~trial.ours).nonzero()
    return extra.size(1) >= 2 and bool((extra[:, -2] < trial.index).all())


def _trials(exchange: Exchange, evidence: Evidence, inquiry: Inquiry) -> Iterator[Trial]:
    call = exchange.call
    before = inquiry.ask(exchange, call)
    if before is None:
        return
    mine, ours = _numbers(before)
    if mine is None or ours is None:
        return
    for name, value in named_arguments(call, evidence.names).items():
        if not isinstance(value, Tensor) or not value.is_floating_point():
            continue
        if value.numel() > MAX_ARGUMENT:
            continue
        for dim in range(value.dim()):
            for index in range(min(value.size(dim), MAX_INDICES)):
                after = inquiry.ask(exchange, _with(call, value, _changed(value, dim, index)))
                if after is None:
                    return
                mine_now, ours_now = _numbers(after)
                if mine_now is None or ours_now is None or mine_now.shape != mine.shape:
                    continue
                yield Trial(
                    name,
                    dim,
                    index,
                    value.dim(),
                    _moved(mine, mine_now, MOVED),
                    _moved(ours, ours_now, STILL),
                )


def _changed(value: Tensor, dim: int, index: int) -> Tensor:
    changed = value.clone()
    part = changed.select(dim, index)
    steps = torch.linspace(0.5, 1.5, max(part.numel(), 1), dtype=torch.float64)
    part.add_(steps[: part.numel()].reshape(part.shape).to(part.dtype))
    return changed


def _with(call: Call, old: Tensor, new: Tensor) -> Call:
    def swapped(value: Any) -> Any:
        return new if value is old else value

    return replace(
        call,
        args=tuple(map(swapped, call.args)),
        kwargs={name: swapped(value) for name, value in call.kwargs.items()},
    )


def _moved(before: Tensor, after: Tensor, least: float) -> Tensor:
    scale = before.abs().nan_to_num(0.0, 0.0, 0.0).max().clamp(min=1e-30)
    both_nan = before.isnan() & after.isnan()
    return ~(((after - before).abs() <= least * scale) | both_nan | (before == after))


def _numbers(exchange: Exchange) -> tuple[Tensor | None, Tensor | None]:
    """The first tensor of both results, where the form is right."""
    if not isinstance(exchange.got, Value) or not isinstance(exchange.expected, Value):
        return None, None
    try:
        got = check_structure(exchange.got.value, exchange.expected.value)
    except Differs:
        return None, None
    for (_, mine), (_, ours) in zip(leaves(got), leaves(exchange.expected.value), strict=True):
        pair = as_numbers(mine), as_numbers(ours)
        if pair[0] is not None and pair[1] is not None and pair[0].numel():
            return pair
    return None, None


def _size(exchange: Exchange) -> int:
    return sum(leaf.numel() for _, leaf in leaves(exchange.call.args) if isinstance(leaf, Tensor))
