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
MAX_CALLS = 2  # that are tried
EXTREME = 30.0  # scores beyond it leave a softmax no choice
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
    size: int
    mine: Tensor
    ours: Tensor

    @property
    def extra(self) -> Tensor:
        """What moved in the learner's result alone."""
        return self.mine & ~self.ours

    @property
    def lacking(self) -> Tensor:
        """What moved in the right result alone."""
        return self.ours & ~self.mine

    @property
    def where(self) -> str:
        return f"`{self.argument}` at index {self.index} of {dimension(self.dim, self.dims)}"

    @property
    def side(self) -> str:
        """The same place in a call of other sizes."""
        end = {0: "first", self.size - 1: "last"}.get(self.index, "inside")
        return f"{self.dim - self.dims} {end}"


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
    """What the result should depend on and does not, or the reverse, in every call that is tried.

    An extreme call shows nothing: with one key, or with scores that leave no choice, a right answer
    does not move either.
    """
    ordinary = sorted(filter(_is_ordinary, evidence.wrong), key=_size)[:MAX_CALLS]
    found = [dict(_statements(list(_trials(call, evidence, inquiry)))) for call in ordinary]
    for key, says in found[0].items() if found else ():
        if all(key in others for others in found):
            return f"{evidence.what} {says}"
    return None


Key = tuple[str, ...]


def _statements(trials: list[Trial]) -> Iterator[tuple[Key, str]]:
    """What can be said of one call, the plainest first, by what makes it the same in another."""
    for name in dict.fromkeys(trial.argument for trial in trials):
        about = [trial for trial in trials if trial.argument == name]
        if any(trial.ours.any() for trial in about) and not any(t.mine.any() for t in about):
            says = f"does not depend on `{name}`: other numbers there leave it as it is."
            yield ("ignored", name), says
    for trial in trials:
        if trial.ours.any() and not trial.mine.any():
            says = f"does not depend on {trial.where}; the right one does."
            yield ("unused", trial.argument, trial.side), says
    same = [trial for trial in trials if trial.mine.shape == trial.ours.shape]
    for key, moves, instead, ahead in (
        ("leaked", "changes", "does not", "It looks ahead."),
        ("lost", "does not change", "does", "It never looks ahead, as with a causal mask."),
    ):
        moved = [(trial, trial.extra if key == "leaked" else trial.lacking) for trial in same]
        moved = [(trial, places) for trial, places in moved if places.any()]
        is_ahead = all(_is_ahead(places, trial.index) for trial, places in moved)
        for trial, places in moved:
            place = [int(i) for i in places.nonzero()[0]]
            says = f"at {place} {moves} with {trial.where}; the right one {instead}."
            yield (
                (key, trial.argument, str(is_ahead)),
                f"{says} {ahead if is_ahead else ''}".strip(),
            )


def _is_ahead(moved: Tensor, index: int) -> bool:
    """Whether all that moved lies at positions before the one that was changed."""
    places = moved.nonzero()
    return places.size(1) >= 2 and bool((places[:, -2] < index).all())


def _is_ordinary(exchange: Exchange) -> bool:
    """Whether each dimension leaves a choice, and no number is extreme."""
    mine, ours = _numbers(exchange)
    if mine is None or ours is None or not (mine.isfinite() & ours.isfinite()).all():
        return False
    tensors = [leaf for _, leaf in leaves((exchange.call.args, dict(exchange.call.kwargs)))]
    return all(
        min(leaf.shape, default=2) > 1
        and (leaf.dtype == torch.bool or float(leaf.double().abs().max()) <= EXTREME)
        for leaf in tensors
        if isinstance(leaf, Tensor)
    )


def _trials(exchange: Exchange, evidence: Evidence, inquiry: Inquiry) -> Iterator[Trial]:
    call = exchange.call
    before = inquiry.ask(exchange, call)
    if before is None:
        return
    mine, ours = _numbers(before)
    if mine is None or ours is None:
        return
    for name, value in named_arguments(call, evidence.names).items():
        if isinstance(value, float):
            after = inquiry.ask(exchange, _with(call, value, 1.37 * value + 0.1))
            pair = _numbers(after) if after else (None, None)
            if pair[0] is not None and pair[1] is not None and pair[0].shape == mine.shape:
                moved = _moved(mine, pair[0], MOVED), _moved(ours, pair[1], STILL)
                yield Trial(name, 0, 0, 1, 1, *moved)
            continue
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
                    value.size(dim),
                    _moved(mine, mine_now, MOVED),
                    _moved(ours, ours_now, STILL),
                )


def _changed(value: Tensor, dim: int, index: int) -> Tensor:
    changed = value.clone()
    part = changed.select(dim, index)
    steps = torch.linspace(0.5, 1.5, max(part.numel(), 1), dtype=torch.float64)
    part.add_(steps[: part.numel()].reshape(part.shape).to(part.dtype))
    return changed


def _with(call: Call, old: object, new: object) -> Call:
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
