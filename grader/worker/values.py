"""The one walk over nested values: which values hold others, under which names, and how a copy of
them is made."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from grader.worker.protocol import Handle, RecordValue, record_fields

# Most values are of these types exactly, and are asked about thousands of times in one verdict.
LEAVES = frozenset({Tensor, bool, int, float, str, type(None), torch.dtype, Handle})


class HeldValue(NamedTuple):
    """One value inside another: a position, a key, or a field's name."""

    label: Any
    value: Any


def parts(value: object) -> list[HeldValue] | None:
    """What a tuple, list, dictionary, named tuple, dataclass instance or `RecordValue` holds.

    None for a value that holds no others (an empty container holds none, too, but gives `[]`).
    """
    kind = type(value)
    if kind in LEAVES or isinstance(value, Tensor):
        return None
    # Whether it is a record takes longest to tell.
    if kind not in (tuple, list, dict) and (fields := record_fields(value)) is not None:
        return [HeldValue(name, item) for name, item in fields.items()]
    if isinstance(value, dict):
        return [HeldValue(key, item) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [HeldValue(position, item) for position, item in enumerate(value)]
    return None


def rebuild(value: Any, items: Sequence[Any]) -> Any:
    """A container like `value` that holds `items` instead, in the same order."""
    if isinstance(value, RecordValue):
        return RecordValue(value._type_name, dict(zip(value._values, items, strict=True)))
    if isinstance(value, dict):
        return dict(zip(value, items, strict=True))
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(items)
    if isinstance(value, tuple | list):
        return type(value)(items)
    names = [item.name for item in dataclasses.fields(value)]
    return dataclasses.replace(value, **dict(zip(names, items, strict=True)))


def mapped(function: Callable[[Any, str], Any], value: Any, path: str = "") -> Any:
    """A copy of `value` with `function(leaf, path)` for each value that holds no others.

    A path names the way to a leaf by positions: `3.0.1` is the second value in the first of `3`.
    """
    held = parts(value)
    if held is None:
        return function(value, path)
    return rebuild(
        value, [mapped(function, part.value, f"{path}.{i}") for i, part in enumerate(held)]
    )


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value that holds no others, with the labels that lead to it."""
    held = parts(value)
    if held is None:
        yield path, value
        return
    for part in held:
        yield from leaves(part.value, (*path, part.label))
