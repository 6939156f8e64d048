"""Follows one call: each tensor that torch makes of others on the lines of a submission.

A worker does this with the learner's file, the examiner with ours, so that both can be laid side by
side (`grader/examiner/traces.py`).
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from grader.worker.calls import MAX_NAME, Call, LoadedModule
from grader.worker.protocol import is_sendable
from grader.worker.values import leaves

MAX_STEPS = 256
MAX_NUMBERS = 4096  # in one step: 8 MB in all, which no call that is worth following needs


@dataclass(frozen=True)
class Step:
    """One tensor: where it was made and how, the earlier steps that it was made of, its numbers.

    `name` is that of a variable which held it; empty where none did.
    """

    file: str
    line: int
    operation: str
    name: str
    inputs: tuple[int, ...]
    value: Tensor


@dataclass(frozen=True)
class Steps:
    """A call from its first tensor on. `results` are the steps that it returned, in order.

    `is_whole` is False where there was too much to follow; `has_returned`, where it raised.
    """

    steps: tuple[Step, ...]
    results: tuple[int, ...] = ()
    is_whole: bool = True
    has_returned: bool = True


@dataclass
class _Noted:
    """A step while the call runs; `tensor` is kept so that no other one gets its identity."""

    frame: FrameType
    line: int
    operation: str
    inputs: tuple[int, ...]
    tensor: Tensor
    value: Tensor
    name: str = ""


@dataclass(eq=False)
class Tracer(TorchFunctionMode):
    """Notes what torch makes while it is entered; `watch` learns the names of it."""

    files: frozenset[str]
    noted: list[_Noted] = field(default_factory=list)
    is_whole: bool = True

    def __post_init__(self) -> None:
        super().__init__()
        # Identity of a tensor -> its newest step. One that no step can hold, such as a complex
        # one, is passed over: what is made of it counts as made of what that was made of.
        self._latest: dict[int, tuple[int, ...]] = {}
        self._passed_over: list[Tensor] = []  # kept so that no other one gets its identity

    def __torch_function__(
        self,
        function: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        frame = self._own_frame()
        if frame is not None:
            operation = _operation(function)
            made = args[0] if operation == "setitem" else result
            self._note(frame, operation, (args, dict(kwargs or {})), made)
        return result

    def watch(self, frame: FrameType, event: str, argument: Any) -> Any:
        """For `sys.settrace`: which variable holds which step."""
        if frame.f_code.co_filename not in self.files:
            return None
        for name, value in tuple(frame.f_locals.items()):
            for index in self._made(value):
                self.noted[index].name = self.noted[index].name or name
        return self.watch

    def results(self, value: Any) -> tuple[int, ...]:
        """The newest step of each tensor in `value` that is one."""
        return tuple(dict.fromkeys(i for _, leaf in leaves(value) for i in self._made(leaf)))

    def _made(self, value: Any) -> Iterator[int]:
        for index in self._latest.get(id(value), ()):
            if self.noted[index].tensor is value:
                yield index

    def _behind(self, value: Any) -> tuple[int, ...]:
        """The steps that something is made of which is made of `value`."""
        found = (self._latest.get(id(leaf), ()) for _, leaf in leaves(value))
        return tuple(dict.fromkeys(index for indices in found for index in indices))

    def _note(self, frame: FrameType, operation: str, asked: Any, made: Any) -> None:
        inputs = self._behind(asked)
        for _, leaf in leaves(made):
            if not isinstance(leaf, Tensor):
                continue
            count = len(self.noted) + len(self._passed_over)
            if count >= MAX_STEPS or leaf.numel() > MAX_NUMBERS:
                self.is_whole = False
                return
            if not is_sendable(leaf):
                self._passed_over.append(leaf)
                self._latest[id(leaf)] = inputs
                continue
            with torch._C.DisableTorchFunction():  # a clone of ours is no step of theirs
                value = leaf.detach().clone()
            self.noted.append(_Noted(frame, frame.f_lineno, operation, inputs, leaf, value))
            self._latest[id(leaf)] = (len(self.noted) - 1,)

    def _own_frame(self) -> FrameType | None:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        return frame


def trace(loaded: LoadedModule, files: frozenset[str], call: Call) -> Steps:
    """Make the call, and tell what torch made on its way. What the call raises ends it early."""
    tracer = Tracer(files)
    before = sys.gettrace()
    results: tuple[int, ...] = ()
    has_returned = True
    sys.settrace(tracer.watch)
    try:
        with tracer:
            results = tracer.results(loaded.perform(call))
    except Exception:
        has_returned = False
    finally:
        sys.settrace(before)
    steps = tuple(
        Step(
            PurePath(noted.frame.f_code.co_filename).name[:MAX_NAME],
            noted.line,
            noted.operation[:MAX_NAME],
            noted.name[:MAX_NAME],
            noted.inputs,
            noted.value,
        )
        for noted in tracer.noted
    )
    return Steps(steps, results, tracer.is_whole, has_returned)


def _operation(function: Any) -> str:
    """What a person calls it: `matmul`, `softmax`, `T`."""
    name = getattr(function, "__name__", "")
    if name == "__get__":  # an attribute
        name = getattr(getattr(function, "__self__", None), "__name__", "")
    return str(name).strip("_")
