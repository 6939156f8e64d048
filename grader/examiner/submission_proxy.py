"""What a hidden suite holds in its hands: the learner's entry points, as if they were here."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from grader.examiner.paired_calls import Cost, Gradients, PairedCalls
from grader.worker.calls import Want
from grader.worker.protocol import Handle
from grader.worker.values import mapped


class RemoteCallable:
    """A function or method over there."""

    def __init__(self, calls: PairedCalls, target: str | Handle, method: str = "") -> None:
        self._calls = calls
        self._target = target
        self._method = method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _held(self._calls, self._perform(args, kwargs))

    def gradients(self, *args: Any, cotangent: Any = None, **kwargs: Any) -> Gradients:
        """The vector-Jacobian product at `args`; `cotangent` None stands for ones."""
        result = self._perform(args, kwargs, "gradients", cotangent)
        assert isinstance(result, Gradients)
        return result

    def inputs_after(self, *args: Any, **kwargs: Any) -> list[Any]:
        """The positional arguments as they are after the call."""
        return list(_held(self._calls, self._perform(args, kwargs, "inputs_after")))

    def cost(self, *args: Any, **kwargs: Any) -> Cost:
        """What the call takes, in processor time and memory; its result, which is right."""
        return self._calls.cost(self._target, self._method, _outside(args), _outside(kwargs))

    def raises(self, error: type[Exception], *args: Any, **kwargs: Any) -> None:
        """Fail unless this call raises `error`."""
        self._calls.expect_error(
            error, self._target, self._method, _outside(args), _outside(kwargs)
        )

    def _perform(
        self,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        want: Want = "value",
        cotangent: Any = None,
    ) -> Any:
        return self._calls.perform(
            self._target, self._method, _outside(args), _outside(kwargs), want, cotangent
        )

    def _as_handle(self) -> Handle:
        if isinstance(self._target, str):
            raise TypeError("Pass functions of a helper, not the learner's own entry points.")
        return Handle(f"{self._target.id}:{self._method}", "function")


class RemoteObject(RemoteCallable):
    """An object over there: callable itself, and its methods by name."""

    def __init__(self, calls: PairedCalls, handle: Handle) -> None:
        super().__init__(calls, handle)
        self._handle = handle

    def __getattr__(self, name: str) -> RemoteCallable:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteCallable(self._calls, self._handle, name)

    def parameters(self) -> dict[str, Tensor]:
        """The parameters by name."""
        return self._named("named_parameters")

    def buffers(self) -> dict[str, Tensor]:
        """The buffers by name."""
        return self._named("named_buffers")

    def load_state_dict(self, weights: dict[str, Tensor]) -> None:
        """Pass weights in, by the names that the stub states."""
        if not self._calls.perform(self._handle, "named_parameters", (), {}, "forms"):
            self.parameters()  # says which names or shapes are not the stub's
        load = RemoteCallable(self._calls, self._handle, "load_state_dict")
        load._perform((weights,), {"strict": False}, "nothing")

    def state_dict(self) -> dict[str, Tensor]:
        """Parameters and buffers by name; buffers that only the learner has are left out."""
        return self._named("state_dict", "value")

    def _named(self, method: str, want: Want = "dict") -> dict[str, Tensor]:
        result = self._calls.perform(self._handle, method, (), {}, want)
        assert isinstance(result, dict)
        return result


class SubmissionProxy:
    """The `submission` fixture."""

    def __init__(self, calls: PairedCalls) -> None:
        self._calls = calls

    def __getattr__(self, name: str) -> RemoteCallable:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteCallable(self._calls, name)

    def helper(self, source: str) -> RemoteObject:
        """Ship a module to the learner's side; pass its functions where a callable is wanted."""
        return RemoteObject(self._calls, self._calls.add_helper(source))


def _outside(value: Any) -> Any:
    """`value` with what a suite holds of the other side as handles."""

    def outside(leaf: Any, path: str) -> Any:
        if isinstance(leaf, RemoteObject):
            return leaf._handle
        return leaf._as_handle() if isinstance(leaf, RemoteCallable) else leaf

    return mapped(outside, value)


def _held(calls: PairedCalls, value: Any) -> Any:
    """`value` with what stayed on the other side as objects that a suite can use."""
    return mapped(
        lambda leaf, path: RemoteObject(calls, leaf) if isinstance(leaf, Handle) else leaf, value
    )
