"""Values as a JSON document and the tensors that it names; `channel.py` carries both. No pickle.

In the document a plain value is itself; everything else is an object with one tag:

    {"tensor": "0", "device": "cpu"}     {"tuple": [...]}      {"dict": [[key, value], ...]}
    {"tensor": "0", "device": "cpu", "order": [1, 0]}          its dimensions as they lie in memory
    {"record": "LayerCosts", "fields": [[name, value], ...]}   {"dtype": "float32"}
    {"handle": "3", "type": "SelfAttention"}                   an object that stays with its owner
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy
import torch
from torch import Tensor

from grader.errors import ProtocolError
from grader.worker.tensors import DTYPES, MAX_COUNT, MAX_DIMS, MAX_TENSORS, SAFETENSORS_NAMES

MAX_VALUES = 2**16  # in one document, names and keys included: what each costs us is bounded so
MAX_KEYS = 4096  # of all its dictionaries: numbers can be chosen so that each meets all others
MAX_KEY = 2**60  # larger ones can be given one and the same hash, which is worse still
MAX_NESTING = 20
PLAIN = (bool, int, float, str)


class TooLarge(Exception):
    """A value that does not fit into a frame; the text says how large it is."""


@dataclass(frozen=True)
class Handle:
    """An object on the other side: its name there, and its type's name."""

    id: str
    type: str


class RecordValue:
    """A named tuple or dataclass from the other side: fields as attributes, and iterable."""

    def __init__(self, type_name: str, values: dict[str, Any]) -> None:
        self._type_name = type_name
        self._values = values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"{self._type_name}({inside})"


def record_fields(value: object) -> dict[str, Any] | None:
    """The fields of a record, named tuple or dataclass instance; None for anything else."""
    if isinstance(value, RecordValue):
        return value._values
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    if is_dataclass(value) and not isinstance(value, type | Handle):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    return None


class ValueEncoder:
    """Turns values into a document and its tensors.

    `keep(value, path)` is asked for a handle for what no document can hold (modules, closures);
    without it such a value is a `TypeError`.
    """

    def __init__(self, keep: Callable[[object, str], Handle] | None = None) -> None:
        self._keep = keep
        self._bytes = 0
        self._values = self._keys = 0
        self.tensors: dict[str, Tensor] = {}

    def encode(self, value: object, path: str = "") -> Any:
        if path.count(".") > MAX_NESTING:
            raise TooLarge(f"a structure nested more than {MAX_NESTING} deep")
        self._count(1)
        # numpy's integers overflow: they are no int
        if isinstance(value, numpy.floating | numpy.bool_):
            value = value.item()
        if value is None or isinstance(value, PLAIN):
            return value
        if isinstance(value, Tensor):
            return self._tensor(value) if is_sendable(value) else self._handle(value, path)
        if isinstance(value, torch.dtype) and value in SAFETENSORS_NAMES:
            return {"dtype": str(value).removeprefix("torch.")}
        if isinstance(value, Handle):
            return {"handle": value.id, "type": value.type}
        if (named := record_fields(value)) is not None:
            self._count(len(named))
            items = enumerate(named.items())
            pairs = [[name, self.encode(item, f"{path}.{i}")] for i, (name, item) in items]
            name = value._type_name if isinstance(value, RecordValue) else type(value).__name__
            return {"record": name, "fields": pairs}
        if isinstance(value, list):
            return [self.encode(item, f"{path}.{i}") for i, item in enumerate(value)]
        if isinstance(value, tuple):
            return {"tuple": [self.encode(item, f"{path}.{i}") for i, item in enumerate(value)]}
        if isinstance(value, dict) and all(map(_is_key, value)):
            self._count(len(value))
            self._keys += len(value)
            if self._keys > MAX_KEYS:
                raise TooLarge(f"dictionaries of more than {MAX_KEYS:,} keys")
            items = enumerate(value.items())
            return {"dict": [[key, self.encode(item, f"{path}.{i}")] for i, (key, item) in items]}
        return self._handle(value, path)

    def _count(self, number: int) -> None:
        self._values += number
        if self._values > MAX_VALUES:
            raise TooLarge(f"a structure of more than {MAX_VALUES:,} values")

    def _tensor(self, value: Tensor) -> Any:
        if value.dim() > MAX_DIMS:
            raise TooLarge(f"a tensor of {value.dim():,} dimensions")
        if len(self.tensors) == MAX_COUNT:
            raise TooLarge(f"more than {MAX_COUNT:,} tensors")
        self._bytes += value.numel() * value.element_size()
        if self._bytes > MAX_TENSORS:
            size = value.numel() * value.element_size() / 1e6
            raise TooLarge(f"a tensor of shape {tuple(value.shape)}, {size:,.0f} MB")
        name = str(len(self.tensors))
        node: dict[str, Any] = {"tensor": name, "device": value.device.type}
        if order := memory_order(value):
            node["order"], value = order, value.permute(order)
        self.tensors[name] = value if type(value) is Tensor else value.as_subclass(Tensor)
        return node

    def _handle(self, value: object, path: str) -> Any:
        if self._keep is None:
            raise TypeError(f"A {type(value).__name__} cannot be sent.")
        return self.encode(self._keep(value, path))


def decode(node: Any, tensors: dict[str, Tensor], device: str) -> Any:
    """The inverse of `ValueEncoder.encode`. Tensors that lived on an accelerator go to `device`.

    Raises `ProtocolError` for anything that `ValueEncoder` would not have written: it names each
    tensor once and counts its values.
    """
    decoder = _ValueDecoder(dict(tensors), device)
    value = decoder.decode(node)
    if decoder.tensors:
        raise ProtocolError("tensors that nothing names")
    return value


class _ValueDecoder:
    def __init__(self, tensors: dict[str, Tensor], device: str) -> None:
        self.tensors = tensors  # those that were not named yet
        self._device = device
        self._values = self._keys = 0

    def decode(self, node: Any, depth: int = 0) -> Any:
        self._count(1)
        if depth > MAX_NESTING + 2:
            raise ProtocolError("nested too deep")
        if node is None or isinstance(node, PLAIN):
            return node

        def inner(item: Any) -> Any:
            return self.decode(item, depth + 1)

        if isinstance(node, list):
            return [inner(item) for item in node]
        try:
            match node:
                case {"tensor": name, "device": where, **more} if more.keys() <= {"order"}:
                    tensor = self.tensors.pop(name)
                    tensor = tensor if where == "cpu" else tensor.to(self._device)
                    return _in_order(tensor, more["order"]) if more else tensor
                case {"tuple": [*items], **more} if not more:
                    return tuple(inner(item) for item in items)
                case {"dict": [*pairs], **more} if not more and all(
                    _is_key(key) for key, _ in pairs
                ):
                    self._count(len(pairs))
                    self._keys += len(pairs)
                    if self._keys > MAX_KEYS:
                        raise ProtocolError("too many keys")
                    return {key: inner(item) for key, item in pairs}
                case {"record": str(name), "fields": [*pairs], **more} if not more and all(
                    type(key) is str for key, _ in pairs
                ):
                    self._count(len(pairs))
                    return RecordValue(name, {key: inner(item) for key, item in pairs})
                case {"dtype": name, **more} if not more:
                    return DTYPES[name]
                case {"handle": str(name), "type": str(kind), **more} if not more:
                    return Handle(name, kind)
        except (KeyError, TypeError, ValueError) as error:
            raise ProtocolError(f"malformed value: {type(error).__name__}") from None
        raise ProtocolError("unknown tag")

    def _count(self, number: int) -> None:
        self._values += number
        if self._values > MAX_VALUES:
            raise ProtocolError("too many values")


def is_sendable(tensor: Tensor) -> bool:
    """Whether a document can hold its numbers: not those of a complex or a sparse one."""
    has_numbers = tensor.layout is torch.strided and not tensor.is_meta and not tensor.is_nested
    return has_numbers and tensor.dtype in SAFETENSORS_NAMES


def memory_order(tensor: Tensor) -> list[int]:
    """The dimensions as they lie in memory, the outermost first; empty for the usual order.

    So a transposed tensor arrives as one, and code that needs contiguous memory fails over there
    as it would here. Tensors with gaps or overlaps arrive contiguous.
    """
    if tensor.is_contiguous():
        return []
    order = sorted(range(tensor.dim()), key=tensor.stride, reverse=True)
    return order if tensor.permute(order).is_contiguous() else []


def _in_order(tensor: Tensor, order: Any) -> Tensor:
    """Undo `tensor.permute(order)`."""
    dims = list(range(tensor.dim()))
    if sorted(order) != dims:
        raise ValueError("not an order of its dimensions")
    return tensor.permute(sorted(dims, key=order.__getitem__))


def _is_key(key: object) -> bool:
    return isinstance(key, str) or (isinstance(key, int) and abs(key) < MAX_KEY)
