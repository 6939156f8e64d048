"""Puts values into words: short, whole where that helps, and never steered by what it shows.

A learner may return anything, so everything here is bounded.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from grader.worker.protocol import Handle, RecordValue, record_fields

SHOWN_NUMBERS = 12
SHOWN_CHARACTERS = 1000
SHOWN_NAMES = 20
DIGITS = 4


def kind_of(value: Any) -> str:
    """A noun for a value's type, with its article."""
    match value:
        case None:
            return "None"
        case Tensor():
            return f"a tensor of shape {tuple(value.shape)}"
        case bool():
            return f"the truth value {value}"
        case int() | float():
            return f"the number {value}"
        case str():
            return "a string"
        case torch.dtype():
            return f"the dtype {value}"
        case RecordValue():
            name = value._type_name
            return f"{article(name)} {name} with {first_of(value._values)}"
        case tuple() | list():
            noun = "a tuple" if isinstance(value, tuple) else "a list"
            return f"{noun} of {len(value)} value{'s' * (len(value) != 1)}"
        case dict():
            return f"a dictionary with {len(value)} key{'s' * (len(value) != 1)}"
        case Handle():
            return f"an object of type {value.type}"
        case _:
            return f"a {type(value).__name__}"


def article(noun: str) -> str:
    """`an` before a vowel, else `a`."""
    return "an" if noun[:1] in "AEIOUaeiou" else "a"


def apart(got: Any, expected: Any) -> tuple[str, str]:
    """Both values, numbers with as many digits as it takes to tell them apart."""
    for digits in (DIGITS, 7, 10, 17):
        mine, theirs = show(got, digits), show(expected, digits)
        if mine != theirs:
            return mine, theirs
    return show(got), show(expected)


def show(value: Any, digits: int = DIGITS) -> str:
    """A value as a person reads it: small tensors whole, large ones as `float32[2, 3, 8]`.

    What is too long is cut, and what is cut costs nothing: a learner may return anything.
    """
    text = ""
    for part in _parts(value, digits):
        text += part
        if len(text) > SHOWN_CHARACTERS:
            return text[:SHOWN_CHARACTERS] + "…"
    return text


def _parts(value: Any, digits: int) -> Iterator[str]:
    if isinstance(value, Tensor):
        if 0 < value.numel() <= SHOWN_NUMBERS:
            yield f"tensor({show_numbers(value.tolist(), digits)})"
        else:
            yield f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    elif isinstance(value, float):
        yield show_numbers(value, digits)
    elif isinstance(value, Handle):
        _, _, name = value.id.partition(":")  # that a function of the suite has there
        yield f"<{value.type} {name}>" if name and value.type == "function" else f"<{value.type}>"
    elif isinstance(value, dict):
        yield from _enclosed(
            digits, "{", ((f"{key!r}: ", item) for key, item in value.items()), "}"
        )
    elif (named := record_fields(value)) is not None:
        name = value._type_name if isinstance(value, RecordValue) else type(value).__name__
        items = ((f"{key}=", item) for key, item in named.items())
        yield from _enclosed(digits, f"{name}(", items, ")")
    elif isinstance(value, tuple):
        yield from _enclosed(digits, "(", (("", item) for item in value), ")")
    elif isinstance(value, list):
        yield from _enclosed(digits, "[", (("", item) for item in value), "]")
    else:
        yield repr(value)


def _enclosed(
    digits: int, opening: str, items: Iterable[tuple[str, Any]], closing: str
) -> Iterator[str]:
    comma = ""
    yield opening
    for label, item in items:
        yield comma + label
        yield from _parts(item, digits)
        comma = ", "
    yield closing


def show_numbers(value: Any, digits: int = DIGITS) -> str:
    if isinstance(value, list):
        return f"[{', '.join(show_numbers(item, digits) for item in value)}]"
    # A negative zero is a zero to who reads it, and no other number.
    return f"{value + 0.0:.{digits}g}" if isinstance(value, float) else str(value)


def name_list(keys: Iterable[Any]) -> str:
    return first_of(f"`{key}`" for key in keys) or "none"


def first_of(names: Iterable[str]) -> str:
    """The names as a list in a sentence, as far as somebody would read it."""
    shown = list(islice(names, SHOWN_NAMES + 1))
    return ", ".join([*shown[:SHOWN_NAMES], "…"] if len(shown) > SHOWN_NAMES else shown)
