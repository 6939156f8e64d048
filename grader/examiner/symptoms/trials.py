"""A call with one thing changed: how far do the numbers of both results move?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
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
from grader.examiner.symptoms.inquiry import Inquiry
from grader.worker.calls import Call
from grader.worker.values import leaves

EXTREME = 30.0  # scores beyond it leave a softmax no choice
MAX_ARGUMENT = 400  # numbers in an argument that is tried
# As parts of the largest number. Between the two, nothing is said.
STILL = 1e-12  # it has not moved
MOVED = 1e-3  # it has
MOVED_FAR = 2e-2  # so much that an answer which is not still would show it
FAR = 8.0  # times as far as at first
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Trial:
    """One slice of an argument was changed: by how much did the numbers of both results move?"""

    argument: str
    dim: int
    index: int
    dims: int
    size: int
    exchange: Exchange = field(repr=False)
    changed: Call = field(repr=False)
    is_masked: bool  # a mask may hide the change by chance
    nought: Tensor  # where the learner's result is 0
    mine: Tensor
    ours: Tensor
    mine_pushed: Tensor  # the most that it moves where the slice is changed much further

    @property
    def is_still(self) -> Tensor:
        """What does not move in the learner's result, however far the slice is changed."""
        return (self.mine <= STILL) & (self.mine_pushed <= STILL)

    @property
    def extra(self) -> Tensor:
        """What moved in the learner's result alone."""
        return (self.mine > MOVED) & (self.ours <= STILL)

    @property
    def lacking(self) -> Tensor:
        """What moved in the right result alone; a 0 may stand there for another reason."""
        return (self.ours > MOVED_FAR) & self.is_still & ~self.nought

    @property
    def is_unused(self) -> bool:
        """Whether it moves the right result, and nothing of the learner's."""
        return bool((self.ours > MOVED).any() and self.is_still.all())

    @property
    def is_missed(self) -> bool:
        """Whether something of the right result moves, and the learner's does not."""
        return self.is_unused or (self.mine.shape == self.ours.shape and bool(self.lacking.any()))

    @property
    def where(self) -> str:
        if not self.dims:
            return f"`{self.argument}`"
        return f"`{self.argument}` at index {self.index} of {dimension(self.dim, self.dims)}"

    @property
    def side(self) -> str:
        """The same place in a call of other sizes."""
        end = {0: "first", self.size - 1: "last"}.get(self.index, "inside")
        return f"{self.dim - self.dims} {end}"


def is_ordinary(exchange: Exchange, names: ArgumentNames) -> bool:
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


def trials_of(
    exchange: Exchange, evidence: Evidence, inquiry: Inquiry, only: str | None = None
) -> Iterator[Trial]:
    """Each argument (or `only` one) changed in one place after the other.

    None is given of a change to where the right result is no longer finite.
    """
    before = inquiry.ask(exchange, exchange.call)
    if before is None:
        return
    mine, ours = _numbers(before, evidence.names)
    if mine is None or ours is None:
        return

    def moves(name: str, value: Any) -> tuple[Tensor, Tensor] | None:
        """How far both results move with another value of an argument."""
        call = with_argument(exchange.call, name, value, evidence.names)
        after = inquiry.ask(exchange, call)
        now = _numbers(after, evidence.names) if after else (None, None)
        if now[0] is None or now[1] is None or now[0].shape != mine.shape:
            return None
        if ours.isfinite().all() and not now[1].isfinite().all():
            return None
        return _moved(mine, now[0]), _moved(ours, now[1])

    arguments = named_arguments(exchange.call, evidence.names)
    is_masked = any(
        isinstance(value, Tensor) and value.dtype == torch.bool for value in arguments.values()
    )
    for name, value in arguments.items():
        if only not in (None, name):
            continue
        for change in _changes(value):
            if (moved := moves(name, change.slightly)) is None:
                continue
            pushed = torch.zeros_like(moved[0])
            # A step, or a bound, may hide a small change: what stays still is changed further.
            if _is_left_behind(*moved):
                far = [further[0] for push in change.far if (further := moves(name, push))]
                pushed = reduce(torch.maximum, far) if far else pushed.fill_(torch.inf)
            call = with_argument(exchange.call, name, change.slightly, evidence.names)
            yield Trial(
                name,
                *change.place,
                exchange,
                call,
                is_masked,
                mine == 0,
                *moved,
                mine_pushed=pushed,
            )


def _is_left_behind(mine: Tensor, ours: Tensor) -> bool:
    """Whether numbers of the right result move where the learner's do not."""
    if mine.shape == ours.shape:
        return bool(((ours > MOVED) & (mine <= STILL)).any())
    return bool((ours > MOVED).any() and (mine <= STILL).all())


@dataclass(frozen=True)
class Change:
    """A slice of an argument with other numbers: `place` is its dimension and index there, the
    number of dimensions, and that of slices. What lies `far` is made when it is asked for, before
    the next change is: few changes need it."""

    place: tuple[int, int, int, int]
    slightly: Any
    far: Iterable[Any]


def _changes(value: Any) -> Iterator[Change]:
    if isinstance(value, float):
        yield Change((0, 0, 0, 1), 1.37 * value + 0.1, (7 * value + FAR, 0.1 * value))
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return
    if value.numel() > MAX_ARGUMENT:
        return
    for dim in range(value.dim()):
        for index in sorted({0, min(1, value.size(dim) - 1), value.size(dim) - 1}):
            place = dim, index, value.dim(), value.size(dim)
            far = (_moved_slice(value, dim, index, push) for push in (FAR, -FAR))
            yield Change(place, _moved_slice(value, dim, index, 1.0), far)


def moves_when_turned(exchange: Exchange, evidence: Evidence, inquiry: Inquiry, name: str) -> bool:
    """Whether the learner's result moves, or may, with the sign and size of a whole argument.

    It may lie beyond a bound of theirs, such as a `clamp`, on whose other side it counts. Or their
    code keeps its answers, and gives one again where only the shapes are the same.
    """
    value = named_arguments(exchange.call, evidence.names)[name]
    before = _numbers(exchange, evidence.names)[0]
    if before is None:
        return True  # nothing can be said
    for factor in (-7.0, 0.1):
        turned = value * (factor if isinstance(value, Tensor) else abs(factor))
        call = with_argument(exchange.call, name, turned, evidence.names)
        after = inquiry.ask(exchange, call, afresh=True)
        now = _numbers(after, evidence.names)[0] if after else None
        if now is None or before.shape != now.shape:
            return True
        if (_moved(before, now) > STILL).any():
            return True
    return False


def is_still_afresh(trial: Trial, evidence: Evidence, inquiry: Inquiry) -> bool:
    """Whether what stands still in the learner's result does so in code that knows of no other call
    of these shapes."""
    before = _numbers(trial.exchange, evidence.names)[0]
    after = inquiry.ask(trial.exchange, trial.changed, afresh=True)
    now = _numbers(after, evidence.names)[0] if after else None
    if before is None or now is None or now.shape != before.shape:
        return False
    return not bool((_moved(before, now) > STILL)[trial.is_still].any())


def moved_of(
    before: Exchange, after: Exchange, names: ArgumentNames
) -> tuple[Tensor, Tensor] | None:
    """How far the learner's numbers move from one call to another, and how far ours do."""
    pairs = list(zip(_numbers(before, names), _numbers(after, names), strict=True))
    if any(then is None or now is None or then.shape != now.shape for then, now in pairs):
        return None
    mine, ours = (_moved(then, now) for then, now in pairs)  # type: ignore[arg-type]
    return mine, ours


def shaken(value: Tensor, push: float) -> Tensor:
    """All numbers of a tensor moved, each by another step."""
    return _moved_slice(value[None], 0, 0, push)[0]


def _moved_slice(value: Tensor, dim: int, index: int, push: float) -> Tensor:
    moved = value.clone()
    part = moved.select(dim, index)
    # Uneven, since sums and differences of even ones are 0 for whoever takes signs.
    steps = 0.5 + GOLDEN * torch.arange(1, part.numel() + 1, dtype=torch.float64) % 1
    steps[1::2] *= -1  # up and down, since a bound may hide what goes one way
    part.add_(push * steps.reshape(part.shape).to(part.dtype))
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


def size_of_arguments(exchange: Exchange) -> int:
    return sum(leaf.numel() for _, leaf in leaves(exchange.call.args) if isinstance(leaf, Tensor))
