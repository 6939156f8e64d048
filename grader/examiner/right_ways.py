"""The right ways to the answer of one call: our solution and its alternatives, step by step."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from exercises.catalog import Exercise
from grader.examiner.answer_key import AnswerKey, suite_folder
from grader.examiner.exchange import Exchange, Value
from grader.examiner.symptoms.evidence import is_close
from grader.worker.calls import LoadedModule, load_source
from grader.worker.tracing import Step, Steps
from grader.worker.values import leaves

Place = tuple[int, int]  # which way, and which of its steps


def right_ways(exercise: Exercise, answer_key: AnswerKey) -> Iterator[LoadedModule]:
    """The solution, then its alternatives."""
    yield LoadedModule(answer_key.diagnostician.module)
    for file in sorted((suite_folder(exercise) / "alternatives").glob("*.py")):
        name = f"way_{exercise.id}_{file.stem}"
        yield LoadedModule(load_source(name, f"{name}.py", file.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class RightValue:
    """The numbers of one step of a right way: as they are, and in order of size."""

    place: Place
    numbers: Tensor
    ordered: Tensor


class Ways:
    """The right ways to one answer, and the values that they have."""

    def __init__(self, ways: Sequence[Steps], exchange: Exchange) -> None:
        self.ways = [way for way in ways if way.has_returned]
        self._values: dict[int, list[RightValue]] = defaultdict(list)  # by how many numbers
        given = leaves((exchange.call.args, dict(exchange.call.kwargs)))
        self._ordered = [_in_order(leaf) for _, leaf in given if isinstance(leaf, Tensor)]
        for number, way in enumerate(self.ways):
            for index, step in enumerate(way.steps):
                numbers = as_doubles(step.value)
                value = RightValue((number, index), numbers, numbers.flatten().sort().values)
                self._values[numbers.numel()].append(value)
                self._ordered.append(value.ordered)
        expected = leaves(exchange.expected.value if isinstance(exchange.expected, Value) else ())
        self.ends = [leaf for _, leaf in expected if isinstance(leaf, Tensor)]

    def same(self, step: Step) -> list[Place]:
        """Where a right way has this value, in this shape."""
        mine, dtype = as_doubles(step.value), step.value.dtype
        values = self._values[mine.numel()]
        return [value.place for value in values if _is_same(mine, value.numbers, dtype)]

    def alike(self, step: Step) -> list[Place]:
        """Where a right way has these numbers, in whatever arrangement."""
        mine, dtype = _in_order(step.value), step.value.dtype
        values = self._values[mine.numel()]
        return [value.place for value in values if _is_same(mine, value.ordered, dtype)]

    def has_numbers(self, step: Step) -> bool:
        """Whether all these numbers are in one right value or argument, however arranged: a loop
        makes a part of it at a time."""
        mine = as_doubles(step.value).flatten()
        return any(_is_in(mine, right, step.value.dtype) for right in self._ordered)

    def is_end(self, step: Step) -> bool:
        """Whether this is what should be returned, or one of several."""
        mine = as_doubles(step.value)
        return any(_is_same(mine, as_doubles(end), step.value.dtype) for end in self.ends)

    def step(self, place: Place) -> Step:
        way, index = place
        return self.ways[way].steps[index]

    def next_after(self, parents: Sequence[Sequence[Place]], met: set[Place]) -> list[Place]:
        """What a right way makes of all these values, where the learner has not met that."""
        found = []
        for number, way in enumerate(self.ways):
            here = [{index for at, index in places if at == number} for places in parents]
            for index, step in enumerate(way.steps):
                made_of = {*step.inputs}
                is_next = all(made_of & each for each in here) if here else not made_of
                if is_next and (number, index) not in met:
                    found.append((number, index))
        return found


def as_doubles(value: Tensor) -> Tensor:
    value = value.detach().cpu()
    return (torch.view_as_real(value) if value.is_complex() else value).double()


def _in_order(value: Tensor) -> Tensor:
    return as_doubles(value).flatten().sort().values


def _is_same(mine: Tensor, ours: Tensor, dtype: torch.dtype) -> bool:
    return mine.shape == ours.shape and bool(is_close(mine, ours, dtype).all())


def _is_in(mine: Tensor, right: Tensor, dtype: torch.dtype) -> bool:
    """Whether each of these numbers is one of `right`, which is sorted, or zero."""
    if not right.numel() or mine.numel() > right.numel():
        return False
    above = torch.searchsorted(right, mine).clamp(max=right.numel() - 1)
    near = [right[above], right[(above - 1).clamp(min=0)], torch.zeros_like(mine)]
    return bool(torch.stack([is_close(mine, other, dtype) for other in near]).any(0).all())
