"""Results of the wrong form: another shape, type or number of values. Are the numbers right?"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.examiner.comparison import Differs, check_structure, same
from grader.examiner.paired_calls import what_of
from grader.examiner.symptoms.evidence import UNREADABLE, Evidence, lowered
from grader.examiner.symptoms.shapes import Form, near, of_tensors
from grader.worker.protocol import record_fields

MAX_REARRANGED = 5
SIZES = re.compile(r" of shape \([^)]*\)| of \d+ values?| with \d+ keys?")


def other_form(evidence: Evidence) -> str | None:
    """One way in which every result has another form than it should."""
    pairs = evidence.answers
    return _first_that_holds(_forms(pairs), pairs) or _of_one_value(pairs) if pairs else None


def swapped_sizes(evidence: Evidence) -> str | None:
    """Matrices of a module whose rows and columns are in each other's place, in every call."""
    found = [
        _swapped(got, expected)
        for got, expected in evidence.answers
        if isinstance(got, dict) and isinstance(expected, dict)
    ]
    names = set.intersection(*map(set, found)) if len(found) == len(evidence.wrong) > 0 else set()
    if not names:
        return None
    which = " and ".join(f"`{name}`" for name in found[0] if name in names)
    return (
        f"Rows and columns of {which} are swapped. `nn.Linear(inputs, outputs)` is told how many"
        " inputs there are first, and its weight has the shape (outputs, inputs)."
    )


def _swapped(got: dict[str, Tensor], expected: dict[str, Tensor]) -> list[str]:
    """Their names, if that is all that is wrong with matrices."""
    wrong = [
        (name, tuple(got[name].shape), tuple(theirs.shape))
        for name, theirs in expected.items()
        if isinstance(theirs, Tensor) and theirs.dim() == 2
        if isinstance(got.get(name), Tensor) and got[name].shape != theirs.shape
    ]
    turned = [name for name, mine, theirs in wrong if mine == theirs[::-1]]
    return turned if len(turned) == len(wrong) and set(got) == set(expected) else []


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
    value = f"{part} of your result"
    if "our result" in says:
        says = re.sub("[Yy]our result", value, says, count=1)
    elif says.startswith("The number"):
        says = re.sub("^The numbers?", rf"\g<0> in {value}", says)
    else:
        says = f"Of {value}, {lowered(says)}"
    return f"{says[0].upper()}{says[1:]}"


def results_in_another_order(evidence: Evidence) -> str | None:
    """Several right values of one form, which only their order tells apart."""
    pairs = evidence.answers
    if not pairs or not all(_is_several(value) for pair in pairs for value in pair):
        return None
    return _first_that_holds(_of_several(*pairs[0]), pairs)


def _is_several(value: Any) -> bool:
    return isinstance(value, tuple) or record_fields(value) is not None


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
        yield from of_tensors(got, expected)


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
            and near(torch.tensor(got).double(), expected)
        ),
    ),
    (
        "The numbers are right, but they come as a tensor, not as Python numbers.",
        lambda got, expected: (
            isinstance(got, Tensor)
            and isinstance(expected, int | float | list | tuple)
            and near(got, torch.tensor(expected))
        ),
    ),
    (
        "The number is right, but it is a Python number, not a tensor.",
        lambda got, expected: (
            isinstance(got, int | float)
            and isinstance(expected, Tensor)
            and near(torch.tensor(float(got)), expected)
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


def floats_for_whole_numbers(evidence: Evidence) -> str | None:
    """A field of a record that is a float in every call, where an int is due."""
    fields = [
        {
            name
            for name, theirs in (record_fields(expected) or {}).items()
            if isinstance(theirs, int) and isinstance((record_fields(got) or {}).get(name), float)
        }
        for got, expected in evidence.answers
    ]
    names = sorted(set.intersection(*fields)) if fields else []
    if not names:
        return None
    which = " and ".join(f"`{name}`" for name in names)
    verb = "is a float" if len(names) == 1 else "are floats"
    return f"{which} {verb} where a whole number (int) is expected."


def unexplained_form(evidence: Evidence) -> str | None:
    """What is plainly wrong with the form, where it is the same everywhere, if need be but for the
    sizes; in the words in which each test tells it."""
    said = []
    for exchange, (got, expected) in zip(evidence.wrong, evidence.answers, strict=False):
        try:
            check_structure(got, expected, what_of(exchange.call))
        except Differs as error:
            said.append(str(error))
    for told in (set(said), {SIZES.sub("", says) for says in said}):
        if len(told) == 1 and said:
            return told.pop()
    return None
