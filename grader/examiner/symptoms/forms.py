"""Results of the wrong form: another shape, type or number of values. Are the numbers right?"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.examiner.comparison import Differs, check_structure, same, tolerance
from grader.examiner.exchange import Value
from grader.examiner.symptoms.evidence import (
    UNREADABLE,
    Evidence,
    dimension,
    named_arguments,
    sizes_of,
)
from grader.worker.protocol import record_fields

MAX_REARRANGED = 5
ENOUGH_CALLS = 3  # in which sizes agree, and not by chance

Form = tuple[str, Callable[[Any, Any], bool]]


def other_form(evidence: Evidence) -> str | None:
    """One way in which every result has another form than it should."""
    pairs = _answers(evidence)
    return _first_that_holds(_forms(pairs), pairs) or _of_one_value(pairs) if pairs else None


def _of_one_value(pairs: Sequence[tuple[Any, Any]]) -> str | None:
    """The same of the only one of several values that is not right."""
    if not all(_is_several(value) for pair in pairs for value in pair):
        return None
    values = [(tuple(got), tuple(expected)) for got, expected in pairs]
    if len({len(value) for pair in values for value in pair}) != 1:
        return None
    wrong = [
        {i for i, (mine, theirs) in enumerate(zip(*pair, strict=True)) if not same(mine, theirs)}
        for pair in values
    ]
    if any(places != wrong[0] for places in wrong) or len(wrong[0]) != 1:
        return None
    (place,) = wrong[0]
    only = [(got[place], expected[place]) for got, expected in values]
    says = _first_that_holds(_forms(only), only)
    names = list(record_fields(pairs[0][1]) or ())
    return _said_of(f"`{names[place]}`" if names else f"value {place + 1}", says) if says else None


def _said_of(part: str, says: str) -> str:
    """A sentence about a result, about one of its values."""
    if "our result" not in says:
        return f"{part[0].upper()}{part[1:]}: {says[0].lower()}{says[1:]}"
    return re.sub("[Yy]our result", f"{part} of your result", says, count=1)


def results_in_another_order(evidence: Evidence) -> str | None:
    """Several right values of one form, which only their order tells apart."""
    pairs = _answers(evidence)
    if not pairs or not all(_is_several(value) for pair in pairs for value in pair):
        return None
    return _first_that_holds(_of_several(*pairs[0]), pairs)


def _is_several(value: Any) -> bool:
    return isinstance(value, tuple) or record_fields(value) is not None


def _answers(evidence: Evidence) -> list[tuple[Any, Any]]:
    """Both sides' values in every wrong call; empty where one of them has none."""
    pairs = [
        (exchange.got.value, exchange.expected.value)
        for exchange in evidence.wrong
        if isinstance(exchange.got, Value) and isinstance(exchange.expected, Value)
    ]
    return pairs if len(pairs) == len(evidence.wrong) else []


def _first_that_holds(forms: Iterable[Form], pairs: Sequence[tuple[Any, Any]]) -> str | None:
    for says, holds in forms:
        if all(_holds(holds, got, expected) for got, expected in pairs):
            return says
    return None


def _holds(holds: Callable[[Any, Any], bool], got: Any, expected: Any) -> bool:
    try:
        return holds(got, expected)
    except UNREADABLE:  # the two do not go together
        return False


def _forms(pairs: Sequence[tuple[Any, Any]]) -> Iterator[Form]:
    got, expected = pairs[0]
    if isinstance(expected, tuple) and isinstance(got, tuple | list):
        yield from _of_several(got, expected)
    if isinstance(expected, tuple):
        for i in range(min(len(expected), MAX_REARRANGED)):
            yield (
                f"You return value {i + 1} of {len(expected)} alone;"
                f" the other{'s are' if len(expected) > 2 else ' is'} missing.",
                _chosen(i),
            )
    elif isinstance(got, tuple | list):
        for i in range(min(len(got), MAX_REARRANGED)):
            yield (
                f"You return {len(got)} values; only number {i + 1} of them is asked for.",
                _extra(i),
            )
    yield from _OF_TYPES
    if all(isinstance(value, Tensor) for pair in pairs for value in pair):  # not only the first
        yield from _of_tensors(got, expected)


def _of_several(got: Sequence[Any], expected: tuple[Any, ...]) -> Iterator[Form]:
    n = len(expected)
    names = list(record_fields(expected) or ())
    if len(got) == n <= MAX_REARRANGED:
        for order in itertools.permutations(range(n)):
            moved = [f"`{name}`" for i, name in enumerate(names) if order[i] != i]
            if order == tuple(range(n)):
                continue
            if len(moved) == 2:
                says = f"{' and '.join(moved)} are in each other's place"
            elif order == tuple(reversed(range(n))):
                says = "they should come the other way round"
            else:
                says = f"you return value {', '.join(str(place + 1) for place in order)}"
            yield (f"Your {n} values are right, but in another order: {says}.", _ordered(order))


def _ordered(order: Sequence[int]) -> Callable[[Any, Any], bool]:
    return lambda got, expected: same(tuple(got), tuple(tuple(expected)[i] for i in order))


def _chosen(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: same(got, expected[i])


def _extra(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: same(got[i], expected)


_OF_TYPES: tuple[Form, ...] = (
    (
        "The numbers are right, but they come as a list of Python numbers, not as a tensor.",
        lambda got, expected: (
            isinstance(got, list | tuple)
            and isinstance(expected, Tensor)
            and _near(torch.tensor(got).double(), expected)
        ),
    ),
    (
        "The numbers are right, but they come as a tensor, not as Python numbers.",
        lambda got, expected: (
            isinstance(got, Tensor)
            and isinstance(expected, int | float | list | tuple)
            and _near(got, torch.tensor(expected))
        ),
    ),
    (
        "The number is right, but it is a Python number, not a tensor.",
        lambda got, expected: (
            isinstance(got, int | float)
            and isinstance(expected, Tensor)
            and _near(torch.tensor(float(got)), expected)
        ),
    ),
    (
        "The number is right, but it comes as a float, not as a whole number (int).",
        lambda got, expected: (
            isinstance(got, float) and isinstance(expected, int) and got == expected
        ),
    ),
    (
        "You return nothing (None). Is a `return` missing?",
        lambda got, expected: got is None and expected is not None,
    ),
)


def _of_tensors(got: Tensor, expected: Tensor) -> Iterator[Form]:
    yield _of_dtype(got, expected)
    n = expected.dim()
    if got.dim() == n <= MAX_REARRANGED:
        for order in itertools.permutations(range(n)):
            moved = [i for i, place in enumerate(order) if place != i]
            if len(moved) == 2:
                pair = " and ".join(dimension(i, n) for i in moved)
                yield (
                    f"The numbers are right, but {pair} of your result are swapped.",
                    _permuted(order),
                )
    if got.dim() == n <= MAX_REARRANGED:
        yield (
            "The numbers are right, but the dimensions of your result are in another order.",
            lambda got, expected: any(
                _near(got, expected.permute(order))
                for order in itertools.permutations(range(expected.dim()))
            ),
        )
    for i in range(got.dim()):
        yield (
            f"The numbers are right, but your result has a dimension of size 1 too many:"
            f" dim={i} of its shape.",
            _squeezed(i),
        )
    for i in range(n):
        yield (
            f"The numbers are right, but {dimension(i, n)}, of size 1, is missing in your result.",
            _missing(i),
        )
    for i in range(n):
        where = dimension(i, n)
        for says, fold in _FOLDS:
            lacks = f"Your result lacks {where} of the expected one: {says} along it."
            yield lacks, _folded(i, fold, False)
            yield f"Along {where}, your result has size 1: {says}.", _folded(i, fold, True)
        for k, place in ((0, "first"), (-1, "last")):
            yield (
                f"You return only the {place} entry of {where}; all are expected.",
                _selected(i, k),
            )
    for i in range(got.dim()):
        for says, fold in _FOLDS:
            yield (
                f"Your result has a dimension too many (dim={i}): if {says} along it, it is the"
                " expected one.",
                _unfolded(i, fold),
            )
    yield (
        "The numbers are right and in the right order, but your result has another shape.",
        lambda got, expected: _near(got.reshape(expected.shape), expected),
    )
    yield (
        "The numbers are right, but each is repeated: your result is wider than it should be"
        " (broadcasting).",
        lambda got, expected: (
            got.numel() > expected.numel() and _near(got, expected.expand_as(got))
        ),
    )


_FOLDS: tuple[tuple[str, Callable[..., Tensor]], ...] = (
    ("its numbers are summed up", torch.sum),
    ("its numbers are averaged", torch.mean),
)


def _of_dtype(got: Tensor, expected: Tensor) -> Form:
    mine, theirs = (str(value.dtype).removeprefix("torch.") for value in (got, expected))
    return (
        f"The numbers are right, but as {mine}; they should be {theirs}.",
        lambda got, expected: got.dtype != expected.dtype and _near(got, expected),
    )


def _permuted(order: Sequence[int]) -> Callable[[Any, Any], bool]:
    return lambda got, expected: _near(got, expected.permute(order))


def _squeezed(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: got.size(i) == 1 and _near(got.squeeze(i), expected)


def _missing(i: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: expected.size(i) == 1 and _near(got, expected.squeeze(i))


def _folded(i: int, fold: Callable[..., Tensor], keep: bool) -> Callable[[Any, Any], bool]:
    return lambda got, expected: (
        expected.size(i) > 1 and _near(got, fold(expected.double(), i, keepdim=keep))
    )


def _unfolded(i: int, fold: Callable[..., Tensor]) -> Callable[[Any, Any], bool]:
    return lambda got, expected: got.size(i) > 1 and _near(fold(got.double(), i), expected)


def _selected(i: int, k: int) -> Callable[[Any, Any], bool]:
    return lambda got, expected: (
        expected.size(i) > 1
        and (_near(got, expected.select(i, k)) or _near(got, expected.select(i, k).unsqueeze(i)))
    )


def _near(got: Tensor, expected: Tensor) -> bool:
    """Whether the numbers are the same, as far as the coarser of two dtypes tells."""
    relative, absolute = map(max, zip(tolerance(got), tolerance(expected), strict=True))
    return got.shape == expected.shape and torch.allclose(
        got.detach().cpu().double(), expected.detach().cpu().double(), relative, absolute, True
    )


def floats_for_whole_numbers(evidence: Evidence) -> str | None:
    """A field of a record that is a float in every call, where an int is due."""
    fields = [
        {
            name
            for name, theirs in (record_fields(expected) or {}).items()
            if isinstance(theirs, int) and isinstance((record_fields(got) or {}).get(name), float)
        }
        for got, expected in _answers(evidence)
    ]
    names = sorted(set.intersection(*fields)) if fields else []
    if not names:
        return None
    which = " and ".join(f"`{name}`" for name in names)
    verb = "is a float" if len(names) == 1 else "are floats"
    return f"{which} {verb} where a whole number (int) is expected."


def sizes_of_another_argument(evidence: Evidence) -> str | None:
    """A dimension that has the size of something else in every call."""
    pairs = _answers(evidence)
    if len(pairs) < ENOUGH_CALLS or not all(
        isinstance(value, Tensor) for pair in pairs for value in pair
    ):
        return None
    sizes = [
        sizes_of(named_arguments(exchange.call, evidence.names)) for exchange in evidence.wrong
    ]
    mine, theirs = ([value.shape for value in values] for values in zip(*pairs, strict=True))
    if len({len(shape) for shape in (*mine, *theirs)}) != 1:
        return _ranks(mine, theirs)
    for dim in range(n := len(mine[0])):
        if [shape[dim] for shape in mine] != [shape[dim] for shape in theirs]:
            has, due = _phrase(mine, sizes, dim), _phrase(theirs, sizes, dim)
            if has and due:
                where = dimension(dim, n).capitalize()
                return f"{where} of your result has {has}; it should have {due}."
    return None


def _phrase(
    shapes: Sequence[torch.Size], sizes: Sequence[Mapping[str, int]], dim: int
) -> str | None:
    """What the sizes of one dimension are in all calls."""
    common = set.intersection(*map(set, sizes))
    for phrase in sorted(common, key=lambda phrase: (phrase.count(" "), phrase)):
        if all(shape[dim] == known[phrase] for shape, known in zip(shapes, sizes, strict=True)):
            return phrase
    return None


def _ranks(mine: Sequence[torch.Size], theirs: Sequence[torch.Size]) -> str | None:
    """Another number of dimensions than any of the right results has."""
    has, due = ({len(shape) for shape in shapes} for shapes in (mine, theirs))
    if len(has) > 1 or has & due:
        return None
    n = has.pop()
    is_of = f"has {n} dimension{'s' * (n != 1)}" if n else "is a single number"
    wanted = " or ".join(map(str, sorted(due)))
    return f"Your result {is_of} in every call; dimensions expected: {wanted}."


def unexplained_form(evidence: Evidence) -> str | None:
    """What is plainly wrong with the form, where it is the same everywhere."""
    said = set()
    for got, expected in _answers(evidence):
        try:
            check_structure(got, expected)
        except Differs as error:
            said.add(str(error))
    return said.pop() if len(said) == 1 else None
