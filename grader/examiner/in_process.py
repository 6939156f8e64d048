"""Our own sources, the solution and its edited copies, answering calls as a worker would."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.examiner.submission_process import Value
from grader.worker.calls import Call, LoadedModule, Raised, describe_exception


class InProcessCallee:
    """A source loaded in this process, answering as a worker would. For our own sources only."""

    def __init__(self, loaded: LoadedModule, files: frozenset[str]) -> None:
        self._loaded = loaded
        self._files = files
        self.output = ""

    def begin(self, seed: int) -> Value | Raised:
        self._loaded.begin(seed)
        return Value(None)

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        if meanwhile:
            meanwhile()
        try:
            return Value(keep_objects(self._loaded, self._loaded.perform(call), str(call.index)))
        except Exception as error:
            return describe_exception(error, self._files)

    def add_helper(self, name: str, source: str) -> Value | Raised:
        return Value(self._loaded.add_helper(name, source))


def keep_objects(loaded: LoadedModule, value: Any, path: str) -> Any:
    """`value` as a worker would send it: tensors as they are now, handles for what cannot be sent,
    named as a worker names them."""
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return type(value)(
            keep_objects(loaded, item, f"{path}.{i}") for i, item in enumerate(value)
        )
    if isinstance(value, Tensor):
        return value.detach().clone()  # a parameter may be changed by a later call
    if isinstance(value, dict):
        items = enumerate(value.items())
        return {key: keep_objects(loaded, item, f"{path}.{i}") for i, (key, item) in items}
    if value is None or isinstance(value, bool | int | float | str | tuple | torch.dtype):
        return value
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return value
    return loaded.keep(value, path)
