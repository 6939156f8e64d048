"""What the result depends on, found by changing one thing in a call at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.examiner.exchange import Exchange
from grader.examiner.symptoms.evidence import (
    ArgumentNames,
    Evidence,
    compared,
    dimension,
    named_arguments,
    with_argument,
)
from grader.examiner.symptoms.inquiry import Inquiry, is_fickle
from grader.worker.calls import Call
from grader.worker.values import leaves

MAX_CALLS = 2  # that are tried
EXTREME = 30.0  # scores beyond it leave a softmax no choice
MAX_ARGUMENT = 400  # numbers in an argument that is tried
# As parts of the largest number. Between the two, nothing is said.
STILL = 1e-12  # it has not moved
MOVED = 1e-3  # it has
MOVED_FAR = 2e-2  # so much that an answer which is not still would show it


@dataclass(frozen=True)
class Trial:
    """One slice of an argument was changed: by how much did the numbers of both results move?"""

    argument: str
    dim: int
    index: int
    dims: int
    size: int
    is_masked: bool  # a mask may hide the change by chance
    nought: Tensor  # where the learner's result is 0
    mine: Tensor
    ours: Tensor

    @property
    def extra(self) -> Tensor:
        """What moved in the learner's result alone."""
        return (self.mine > MOVED) & (self.ours <= STILL)

    @property
    def lacking(self) -> Tensor:
        """What moved in the right result alone; a 0 may stand there for another reason."""
        return (self.ours > MOVED_FAR) & (self.mine <= STILL) & ~self.nought

    @property
    def is_unused(self) -> bool:
        """Whether it moves the right result, and nothing of the learner's."""
        return bool((self.ours > MOVED).any() and (self.mine <= STILL).all())

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
    asked = sorted(evidence.wrong, key=_size, reverse=True)[:MAX_CALLS]
    twice = [inquiry.ask_twice(exchange) for exchange in asked]
    if not any(answers and is_fickle(*answers) for answers in twice):
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
    ordinary = [wrong for wrong in evidence.wrong if _is_ordinary(wrong, evidence.names)]
    ordinary = sorted(ordinary, key=_size)[:MAX_CALLS]
    labels = {next(compared(call, evidence.names)).label for call in ordinary}
    if len(labels) != 1 or not labels <= set(evidence.labels):
        return None  # only the first of several values is looked at
    what = evidence.about(labels.pop()).what
    found = [dict(_statements(list(_trials(call, evidence, inquiry)))) for call in ordinary]
    statements = {key: says for known in reversed(found) for key, says in known.items()}
    for key in dict.fromkeys(key for known in found for key in known):
        says = statements[key]
        # A leak in one call is a fact; what a call lacks may be hidden there by chance.
        if key[0] != "leaked" and not all(key in known for known in found):
            continue
        if key[0] in ("unused", "lost") and len(found) < min(MAX_CALLS, len(evidence.wrong)):
            continue
        if key[0] == "unused":
            return f"In the calls that were tried, {_lowered(what)} {says}"
        if key[0] == "ignored" and _counts_elsewhere(key[1], evidence, inquiry):
            return f"In calls that go wrong, {_lowered(what)} {says}"
        return f"{what} {says}"
    return None


def _lowered(what: str) -> str:
    return what[0].lower() + what[1:]


def _counts_elsewhere(name: str, evidence: Evidence, inquiry: Inquiry) -> bool:
    """Whether, in a right call, the learner's result does depend on an argument."""
    right = [exchange for exchange in evidence.alike if _is_ordinary(exchange, evidence.names)]
    for call in sorted(right, key=_size)[:MAX_CALLS]:
        if any((trial.mine > MOVED).any() for trial in _trials(call, evidence, inquiry, name)):
            return True
    return False


Key = tuple[str, ...]


def _statements(trials: list[Trial]) -> Iterator[tuple[Key, str]]:
    """What can be said of one call, the plainest first, by what makes it the same in another."""
    for name in dict.fromkeys(trial.argument for trial in trials):
        about = [trial for trial in trials if trial.argument == name]
        still = all((trial.mine <= STILL).all() for trial in about)
        if still and any(trial.is_unused for trial in about):
            says = f"does not depend on `{name}`: other numbers there leave it as it is."
            yield ("ignored", name), says
    same = [trial for trial in trials if trial.mine.shape == trial.ours.shape]
    yield from _leaks(same)
    lost = list(_losses(same))
    yield from (found for found in lost if AHEAD in found[0])
    for trial in trials:
        if trial.is_unused and not trial.is_masked:
            says = f"does not depend on {trial.where}; the right one does."
            yield ("unused", trial.argument, trial.side), says
    yield from lost


AHEAD = "ahead"


def _leaks(trials: Sequence[Trial]) -> Iterator[tuple[Key, str]]:
    """Numbers that move, and should not."""
    for about in _by_dimension(trials):
        moved = [(trial, trial.extra) for trial in about if trial.extra.any()]
        ahead = all(_before(trial, places)[places].all() for trial, places in moved)
        for trial, places in moved:
            says = f"at {_first(places)} changes with {trial.where}; the right one does not."
            if ahead:
                yield ("leaked", trial.argument, AHEAD), f"{says} It looks ahead."
            yield ("leaked", trial.argument), says


def _by_dimension(trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    """The trials by what they change: one dimension of one argument."""
    for key in dict.fromkeys((trial.argument, trial.dim) for trial in trials):
        yield [trial for trial in trials if (trial.argument, trial.dim) == key]


def _losses(trials: Sequence[Trial]) -> Iterator[tuple[Key, str]]:
    """Numbers that should move, and do not."""
    for about in _by_dimension(trials):
        moved = [(trial, trial.lacking) for trial in about if trial.lacking.any()]
        ahead = all(_before(trial, places)[places].all() for trial, places in moved) and not any(
            (trial.mine > STILL)[_before(trial, trial.mine)].any() for trial in about
        )
        for trial, places in moved:
            says = f"at {_first(places)} does not change with {trial.where}; the right one does."
            if ahead:
                never = "It never looks ahead, as with a causal mask."
                yield ("lost", trial.argument, AHEAD), f"{says} {never}"
            yield ("lost", trial.argument, trial.side), says


def _first(places: Tensor) -> list[int]:
    return [int(i) for i in places.nonzero()[0]]


def _before(trial: Trial, numbers: Tensor) -> Tensor:
    """The places of a result that lie at positions before the one that was changed.

    None does where the result has no such positions.
    """
    if numbers.dim() < 2 or numbers.dim() != trial.dims or trial.dim != trial.dims - 2:
        return torch.zeros_like(numbers, dtype=torch.bool)
    rows = torch.arange(numbers.size(-2)) < trial.index
    return rows[:, None].expand_as(numbers)


def _is_ordinary(exchange: Exchange, names: ArgumentNames) -> bool:
    """Whether each dimension leaves a choice, and no number is extreme."""
    mine, ours = _numbers(exchange, names)
    if mine is None or ours is None or not (mine.isfinite() & ours.isfinite()).all():
        return False
    tensors = [leaf for _, leaf in leaves((exchange.call.args, dict(exchange.call.kwargs)))]
    return all(
        min(leaf.shape, default=2) > 1
        and leaf.dtype not in (torch.float16, torch.bfloat16)  # they swallow small movements
        and (leaf.dtype == torch.bool or float(leaf.double().abs().max()) <= EXTREME)
        for leaf in tensors
        if isinstance(leaf, Tensor)
    )


def _trials(
    exchange: Exchange, evidence: Evidence, inquiry: Inquiry, only: str | None = None
) -> Iterator[Trial]:
    """Each argument (or `only` one) changed in one place after the other."""
    call = exchange.call

    def changed(name: str, value: Any) -> Call:
        return with_argument(call, name, value, evidence.names)

    before = inquiry.ask(exchange, call)
    if before is None:
        return
    mine, ours = _numbers(before, evidence.names)
    if mine is None or ours is None:
        return
    arguments = named_arguments(call, evidence.names)
    is_masked = any(
        isinstance(value, Tensor) and value.dtype == torch.bool for value in arguments.values()
    )
    for name, value in arguments.items():
        if only not in (None, name):
            continue
        if isinstance(value, float):
            after = inquiry.ask(exchange, changed(name, 1.37 * value + 0.1))
            pair = _numbers(after, evidence.names) if after else (None, None)
            if pair[0] is not None and pair[1] is not None and pair[0].shape == mine.shape:
                moved = _moved(mine, pair[0]), _moved(ours, pair[1])
                yield Trial(name, 0, 0, 1, 1, is_masked, mine == 0, *moved)
            continue
        if not isinstance(value, Tensor) or not value.is_floating_point():
            continue
        if value.numel() > MAX_ARGUMENT:
            continue
        for dim in range(value.dim()):
            for index in sorted({0, min(1, value.size(dim) - 1), value.size(dim) - 1}):
                after = inquiry.ask(exchange, changed(name, _moved_slice(value, dim, index)))
                if after is None:
                    return
                mine_now, ours_now = _numbers(after, evidence.names)
                if mine_now is None or ours_now is None or mine_now.shape != mine.shape:
                    continue
                yield Trial(
                    name,
                    dim,
                    index,
                    value.dim(),
                    value.size(dim),
                    is_masked,
                    mine == 0,
                    _moved(mine, mine_now),
                    _moved(ours, ours_now),
                )


def _moved_slice(value: Tensor, dim: int, index: int) -> Tensor:
    moved = value.clone()
    part = moved.select(dim, index)
    steps = torch.linspace(0.5, 1.5, max(part.numel(), 1), dtype=torch.float64)
    part.add_(steps[: part.numel()].reshape(part.shape).to(part.dtype))
    return moved


def _moved(before: Tensor, after: Tensor) -> Tensor:
    """By how much each number moved, as a part of the largest; infinitely where it became NaN."""
    scale = before.abs().nan_to_num(0.0, 0.0, 0.0).max().clamp(min=1e-30)
    same = (before == after) | (before.isnan() & after.isnan())
    moved = ((after - before).abs() / scale).nan_to_num(torch.inf, torch.inf, torch.inf)
    return moved.masked_fill(same, 0.0)


def _numbers(exchange: Exchange, names: ArgumentNames) -> tuple[Tensor | None, Tensor | None]:
    """The first tensor of both results, where the form is right."""
    first = next(compared(exchange, names), None)
    return (first.got, first.expected) if first else (None, None)


def _size(exchange: Exchange) -> int:
    return sum(leaf.numel() for _, leaf in leaves(exchange.call.args) if isinstance(leaf, Tensor))
