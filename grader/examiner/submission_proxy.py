"""What a hidden suite holds in its hands: the learner's entry points, as if they were here.

Every call goes to the learner's worker, and to `solution.py` in our own process. If the two differ
in type, number of results, shape, dtype or device, the call raises a `Failure`, so that a suite
only ever sees values of the right form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Never, Protocol

import torch
from torch import Tensor

from exercises.catalog import Limits
from grader.examiner.comparison import Differs, check_structure
from grader.examiner.display import kind_of, show
from grader.examiner.messages import describe
from grader.examiner.submission_process import LOST, Value
from grader.report import Comparison
from grader.worker.calls import Call, Raised, Session, Want, describe_exception
from grader.worker.protocol import Handle


class Failure(Exception):
    """The learner's answer is wrong. Any other exception in a test is our error."""

    def __init__(
        self,
        message: str,
        call: str = "",
        got: str = "",
        expected: str = "",
        frames: tuple[tuple[str, int, str, str], ...] = (),
        comparison: Comparison | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.call = call
        self.got = got
        self.expected = expected
        self.frames = frames
        self.comparison = comparison


@dataclass(frozen=True)
class Helper:
    """A module that a test ships to the other side."""

    name: str
    source: str


class Learner(Protocol):
    """The side that a suite calls: a `SubmissionProcess`, or a `Local` in this process."""

    output: str

    def begin(self, seed: int) -> Value | Raised: ...

    def perform(
        self, call: Call, meanwhile: Callable[[], object] | None = None
    ) -> Value | Raised: ...

    def add_helper(self, name: str, source: str) -> Value | Raised: ...


class Local:
    """A source loaded in this process, answering as a worker would. For our own sources only."""

    def __init__(self, session: Session, files: frozenset[str]) -> None:
        self._session = session
        self._files = files
        self.output = ""

    def begin(self, seed: int) -> Value | Raised:
        self._session.begin(seed)
        return Value(None)

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        if meanwhile:
            meanwhile()
        try:
            return Value(keep_objects(self._session, self._session.perform(call), str(call.index)))
        except Exception as error:
            return describe_exception(error, self._files)

    def add_helper(self, name: str, source: str) -> Value | Raised:
        return Value(self._session.add_helper(name, source))


@dataclass(frozen=True)
class Gradients:
    """One for each positional argument (None where it is no floating tensor), and by name."""

    inputs: list[Any]
    parameters: dict[str, Tensor]


class PairedCalls:
    """Carries calls to both sides within one test, and remembers them for the diagnosis."""

    def __init__(self, learner: Learner, solution: Session, limits: Limits) -> None:
        self._learner = learner
        self._solution = solution
        self._limits = limits
        self.log: list[tuple[Call | Helper, Value | Raised]] = []
        self.last_call = ""

    def perform(
        self,
        target: str | Handle,
        method: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        want: Want = "value",
        cotangent: Any = None,
    ) -> Any:
        """Make the call on both sides; the learner's value in the form of the solution's."""
        call = Call(
            len(self.log), target, method, _outside(args), _outside(kwargs), want, cotangent
        )
        solved: list[Any] = []

        def ours() -> None:
            self.last_call = spell(call)
            solved.append(self._solve(call))

        outcome = self._learner.perform(call, meanwhile=ours)
        expected = solved[0]
        self.log.append((call, outcome))
        if isinstance(outcome, Raised):
            self._fail(outcome, call)
        if want == "gradients" and isinstance(outcome.value, dict):
            return self._gradients(outcome.value, expected)
        got = outcome.value
        if method in ("state_dict", "named_buffers") and isinstance(got, dict):
            got = {name: got[name] for name in got if name in expected}  # caches are welcome
        return self._wrap(self._checked(got, expected, _what(call)))

    def expect_error(
        self, error: type[Exception], target: str | Handle, method: str, args: Any, kwargs: Any
    ) -> None:
        """Fail unless the learner's code raises `error` or a subclass."""
        call = Call(len(self.log), target, method, _outside(args), _outside(kwargs))
        self.last_call = spell(call)
        outcome = self._learner.perform(call)
        self.log.append((call, outcome))
        wanted = f"a {error.__name__}"
        if isinstance(outcome, Value):
            message = f"This call should raise {wanted}; yours returned {kind_of(outcome.value)}."
            raise Failure(message, self.last_call, show(outcome.value), wanted)
        if outcome.kind in LOST or outcome.kind in ("unwritten", "signature"):
            self._fail(outcome, call)
        if error.__name__ in outcome.bases:
            return
        got = f"{outcome.type}: {outcome.message}"
        message = f"This call should raise {wanted}; yours raised {outcome.type}."
        raise Failure(message, self.last_call, got, wanted, outcome.frames)

    def add_helper(self, source: str) -> Handle:
        name = f"h{len(self.log)}"
        handle = self._solution.add_helper(name, source)
        outcome = self._learner.add_helper(name, source)
        self.log.append((Helper(name, source), outcome))
        if isinstance(outcome, Raised):
            raise Failure(describe(outcome, "", self._limits))
        return handle

    def _solve(self, call: Call) -> Any:
        """The solution's value, with what it made kept under the names that the worker will use."""
        value = self._solution.perform(call)
        return keep_objects(self._solution, value, str(call.index))

    def _checked(self, got: Any, expected: Any, what: str) -> Any:
        try:
            return check_structure(got, expected, what)
        except Differs as error:
            raise Failure(str(error), self.last_call, error.got, error.expected) from None

    def _gradients(self, got: dict[str, Any], expected: dict[str, Any]) -> Gradients:
        inputs, parameters = got.get("inputs"), got.get("parameters")
        if not isinstance(inputs, list) or len(inputs) != len(expected["inputs"]):
            raise Failure("The gradients did not arrive whole.", self.last_call)
        for number, (mine, theirs) in enumerate(
            zip(inputs, expected["inputs"], strict=True), start=1
        ):
            self._checked(mine, theirs, f"The gradient for argument {number}")
        return Gradients(
            inputs, self._checked(parameters, expected["parameters"], "The module's parameters")
        )

    def _wrap(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return RemoteObject(self, value)
        if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
            return type(value)(self._wrap(item) for item in value)
        return value

    def _fail(self, outcome: Raised, call: Call) -> Never:
        message = describe(outcome, _name(call), self._limits)
        raise Failure(message, self.last_call, frames=outcome.frames)


def keep_objects(session: Session, value: Any, path: str) -> Any:
    """`value` as a worker would send it: tensors as they are now, handles for what cannot be sent,
    named as a worker names them."""
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return type(value)(
            keep_objects(session, item, f"{path}.{i}") for i, item in enumerate(value)
        )
    if isinstance(value, Tensor):
        return value.detach().clone()  # a parameter may be changed by a later call
    if isinstance(value, dict):
        items = enumerate(value.items())
        return {key: keep_objects(session, item, f"{path}.{i}") for i, (key, item) in items}
    if value is None or isinstance(value, bool | int | float | str | tuple | torch.dtype):
        return value
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return value
    return session.keep(value, path)


def _outside(value: Any) -> Any:
    """`value` with what a suite holds of the other side as handles."""
    if isinstance(value, RemoteObject):
        return value._handle
    if isinstance(value, RemoteCallable):
        return value._as_handle()
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return type(value)(_outside(item) for item in value)
    if isinstance(value, dict):
        return {key: _outside(item) for key, item in value.items()}
    return value


def _what(call: Call) -> str:
    """What a structural difference is about."""
    if call.want == "inputs_after":
        return "The inputs after the call"
    if call.want == "dict":
        assert isinstance(call.target, Handle)
        return f"`{call.target.type}` and its {call.method.removeprefix('named_')}"
    return f"The result of `{_name(call)}`"


def spell(call: Call) -> str:
    """The call as a learner would write it, with values where they are short."""
    parts = [show(arg) for arg in call.args]
    parts += [f"{name}={show(arg)}" for name, arg in call.kwargs.items()]
    suffix = {"gradients": "  and its gradients", "inputs_after": "  and its inputs afterwards"}
    name = _name(call)
    if isinstance(call.target, Handle):  # made by an earlier call, whose arguments are not these
        name = name.replace(call.target.type, f"{call.target.type}(…)", 1)
    return f"{name}({', '.join(parts)}){suffix.get(call.want, '')}"


def _name(call: Call) -> str:
    target = call.target if isinstance(call.target, str) else call.target.type
    return f"{target}.{call.method}" if call.method else target


class RemoteCallable:
    """A function or method over there."""

    def __init__(self, exchange: PairedCalls, target: str | Handle, method: str = "") -> None:
        self._exchange = exchange
        self._target = target
        self._method = method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._exchange.perform(self._target, self._method, args, kwargs)

    def gradients(self, *args: Any, cotangent: Any = None, **kwargs: Any) -> Gradients:
        """The vector-Jacobian product at `args`; `cotangent` None stands for ones."""
        result = self._exchange.perform(
            self._target, self._method, args, kwargs, "gradients", cotangent
        )
        assert isinstance(result, Gradients)
        return result

    def inputs_after(self, *args: Any, **kwargs: Any) -> list[Any]:
        """The positional arguments as they are after the call."""
        return list(
            self._exchange.perform(self._target, self._method, args, kwargs, "inputs_after")
        )

    def raises(self, error: type[Exception], *args: Any, **kwargs: Any) -> None:
        """Fail unless this call raises `error`."""
        self._exchange.expect_error(error, self._target, self._method, args, kwargs)

    def _as_handle(self) -> Handle:
        if isinstance(self._target, str):
            raise TypeError("Pass functions of a helper, not the learner's own entry points.")
        return Handle(f"{self._target.id}:{self._method}", "function")


class RemoteObject(RemoteCallable):
    """An object over there: callable itself, and its methods by name."""

    def __init__(self, exchange: PairedCalls, handle: Handle) -> None:
        super().__init__(exchange, handle)
        self._handle = handle

    def __getattr__(self, name: str) -> RemoteCallable:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteCallable(self._exchange, self._handle, name)

    def parameters(self) -> dict[str, Tensor]:
        """The parameters by name."""
        return self._named("named_parameters")

    def buffers(self) -> dict[str, Tensor]:
        """The buffers by name."""
        return self._named("named_buffers")

    def load_state_dict(self, weights: dict[str, Tensor]) -> None:
        """Pass weights in, by the names that the stub states."""
        self.parameters()  # says which names or shapes are not the stub's
        self._exchange.perform(
            self._handle, "load_state_dict", (weights,), {"strict": False}, "nothing"
        )

    def state_dict(self) -> dict[str, Tensor]:
        """Parameters and buffers by name; buffers that only the learner has are left out."""
        return self._named("state_dict", "value")

    def _named(self, method: str, want: Want = "dict") -> dict[str, Tensor]:
        result = self._exchange.perform(self._handle, method, (), {}, want)
        assert isinstance(result, dict)
        return result


class SubmissionProxy:
    """The `submission` fixture."""

    def __init__(self, exchange: PairedCalls) -> None:
        self._exchange = exchange

    def __getattr__(self, name: str) -> RemoteCallable:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteCallable(self._exchange, name)

    def helper(self, source: str) -> RemoteObject:
        """Ship a module to the learner's side; pass its functions where a callable is wanted."""
        return RemoteObject(self._exchange, self._exchange.add_helper(source))
