"""Our own sources, the solution and its edited copies, answering calls as a worker would."""

import linecache
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.examiner.exchange import Value, answer_to
from grader.worker.calls import Call, LoadedModule, Raised, describe_exception, load_source
from grader.worker.values import mapped


class InProcessCallee:
    """A source loaded in this process, answering as a worker would. For our own sources only.

    What it draws beside another side it draws from random numbers of its own, as a worker does.
    """

    def __init__(self, loaded: LoadedModule, files: frozenset[str]) -> None:
        self._loaded = loaded
        self._files = files
        self.filename = loaded.module.__file__ or ""
        self.output = ""
        self._own_numbers = torch.default_generator.get_state()

    def begin(self, seed: int) -> Value | Raised:
        self._loaded.begin(seed)
        self._own_numbers = torch.default_generator.get_state()
        return Value(None)

    def forget(self) -> None:
        """Run the source once more: what its module has kept until now is gone."""
        name, source = self._loaded.module.__name__, "".join(linecache.getlines(self.filename))
        self._loaded = LoadedModule(load_source(name, self.filename, source))

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        if not meanwhile:
            return self._perform(call)
        meanwhile()
        others = torch.default_generator.get_state()
        torch.default_generator.set_state(self._own_numbers)
        try:
            return self._perform(call)
        finally:
            self._own_numbers = torch.default_generator.get_state()
            torch.default_generator.set_state(others)

    def usage(self) -> None:
        """Nobody is judged here by what he uses."""

    def add_helper(self, name: str, source: str) -> Value | Raised:
        return Value(self._loaded.add_helper(name, source))

    def _perform(self, call: Call) -> Value | Raised:
        try:
            performed = self._loaded.perform(call)
            kept = keep_objects(self._loaded, performed, str(call.index))
            return answer_to(call, kept, self._loaded.written)
        except Exception as error:
            return describe_exception(error, self._files)


def keep_objects(loaded: LoadedModule, value: Any, path: str) -> Any:
    """`value` as a worker would send it: tensors as they are now, handles for what cannot be sent,
    named as a worker names them."""

    def kept(leaf: Any, name: str) -> Any:
        if isinstance(leaf, Tensor):
            return leaf.detach().clone()  # a parameter may be changed by a later call
        if leaf is None or isinstance(leaf, bool | int | float | str | torch.dtype):
            return leaf
        return loaded.keep(leaf, name)

    return mapped(kept, value, path)
