"""What a right way has in the place of a learner's first wrong value, where it has such a thing.

Another quantity beside a value misleads: somebody takes it for what the value should be. So there
is only shown what was made alike, what goes on alike, or what was right before a step too many.
"""

from collections.abc import Sequence

from torch import Tensor

from grader.examiner.right_ways import Place, Ways
from grader.worker.tracing import Steps

RETURNED = "return"  # beside operations: what becomes of a result


def counterpart(
    mine: Steps, wrong: int, parents: Sequence[Sequence[Place]], met: set[Place], ways: Ways
) -> Tensor | None:
    """The right value of the quantity that step `wrong` of `mine` should be; None if none is known.

    `parents` says, for each input of this step, where right ways have it; `met` are all places that
    the learner's steps have.
    """
    step = mine.steps[wrong]
    candidates = ways.next_after(parents, met)
    steps = [ways.step(place) for place in candidates]
    made_alike = [other.value for other in steps if other.operation == step.operation]
    if same_shape := [value for value in made_alike if value.shape == step.value.shape]:
        return same_shape[0]
    onward = _onward(mine, wrong)

    def goes_on_alike(place: Place) -> bool:
        way, at = place
        return bool(onward & _onward(ways.ways[way], at))

    before = [
        mine.steps[index].value
        for index, places in zip(step.inputs, parents, strict=True)
        if any(goes_on_alike(at) and step.operation not in _later(at, ways) for at in places)
    ]
    instead = [ways.step(place).value for place in candidates if goes_on_alike(place)]
    too_many, another = (
        [value for value in values if value.shape == step.value.shape]
        for values in (before, instead)
    )
    if too_many and another:  # one step too many, or a wrong one: who can tell?
        return None
    return next(iter([*too_many, *another, *made_alike]), None)


def _onward(way: Steps, index: int) -> set[str]:
    """The operations that a value goes into."""
    found = {step.operation for step in way.steps if index in step.inputs}
    return found | {RETURNED} if index in way.results else found


def _later(place: Place, ways: Ways) -> set[str]:
    """All operations that a right way makes of a value and of what comes of it."""
    way, at = place
    reached = {at}
    for index, step in enumerate(ways.ways[way].steps):
        if reached & {*step.inputs}:
            reached.add(index)
    return {ways.step((way, index)).operation for index in reached - {at}}
