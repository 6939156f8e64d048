"""What is known of some failed tests: each call, and each number of it that came out wrong."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import torch
from torch import Tensor

from exercises.catalog import Limits
from grader.examiner.comparison import Differs, check_structure, has_form, same
from grader.examiner.exchange import Exchange, Value, is_about_form
from grader.worker.calls import Call, Raised
from grader.worker.protocol import Handle
from grader.worker.values import leaves

Kind = Literal["right", "error", "acceptance", "form", "gradients", "arguments", "value", "chance"]
UNTELLING: tuple[Kind, ...] = ("right", "chance")
WHOLE = torch.int64
MAX_NUMBERS = 200_000  # in one tensor; what is larger is not looked into
ArgumentNames = Callable[[Call], Sequence[str]]


@dataclass(frozen=True)
class Difference:
    """One tensor or number of the right form that came out wrong, in double precision.

    `label` says which of several it is: empty, `value 2`, `the gradient of keys`.
    """

    exchange: Exchange
    label: str
    got: Tensor
    expected: Tensor
    dtype: torch.dtype
    arguments: Mapping[str, Any]
    agrees: bool  # by the tolerance of a suite

    @cached_property
    def close(self) -> Tensor:
        """Where the two agree, element by element."""
        return is_close(self.got, self.expected, self.dtype)

    @property
    def is_wrong(self) -> bool:
        return not self.agrees and not bool(self.close.all())

    def gives(self, candidate: Tensor) -> bool:
        """Whether `candidate` is what the learner's code gave."""
        return candidate.shape == self.got.shape and bool(
            is_close(self.got, candidate, self.dtype).all()
        )

    @property
    def sizes(self) -> dict[str, int]:
        return sizes_of(self.arguments)

    @property
    def tensors(self) -> dict[str, Tensor]:
        """The arguments that are tensors of numbers, in double precision."""
        return {
            name: value.detach().cpu().double()
            for name, value in self.arguments.items()
            if isinstance(value, Tensor) and value.numel() <= MAX_NUMBERS
        }


def sizes_of(arguments: Mapping[str, Any]) -> dict[str, int]:
    """The sizes in the arguments of a call, by a phrase that says what each is the size of."""
    found: dict[str, int] = {}
    for name, value in arguments.items():
        if isinstance(value, Tensor):
            for dim, size in enumerate(value.shape):
                found[f"the size of {dimension(dim, value.dim())} of `{name}`"] = size
        elif isinstance(value, int) and not isinstance(value, bool):
            found[f"`{name}`"] = value
    return found


def dimension(dim: int, dims: int) -> str:
    """What a sentence calls a dimension, so that it fits tensors with more of them in front."""
    ends = {1: "the last dimension", 2: "the second to last dimension"}
    return ends.get(dims - dim, f"dimension {dim}")


TOLERANCE = {torch.float64: 1e-8, torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 4e-2}


def is_close(got: Tensor, other: Tensor, dtype: torch.dtype) -> Tensor:
    """Elementwise, for numbers that were computed in `dtype`; NaN is close to NaN."""
    relative = TOLERANCE.get(dtype, 1e-9)
    finite = other[other.isfinite()]
    scale = float(finite.abs().max()) if finite.numel() else 1.0
    return torch.isclose(
        got, other, rtol=relative, atol=relative * min(scale, 1.0) * 0.1, equal_nan=True
    )


@dataclass(frozen=True, eq=False)
class Judged:
    """One exchange: in what way it is wrong, and its numbers beside the right ones, found once."""

    exchange: Exchange
    names: ArgumentNames = field(repr=False)

    @cached_property
    def kind(self) -> Kind:
        return kind_of(self.exchange)

    @cached_property
    def numbers(self) -> list[Difference]:
        return list(compared(self.exchange, self.names))


@dataclass(frozen=True)
class Evidence:
    """What went wrong in one way in some failed tests, and what went right beside it."""

    failures: Sequence[Judged]
    successes: Sequence[Judged]
    names: ArgumentNames = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    only: str | None = None
    is_most: bool = True  # of what went wrong in this way: what it shows is hardly a chance
    others: Sequence[Judged] = ()  # that went wrong as well: in another way, or in another test
    among: frozenset[str] | None = None  # labels of which right numbers are looked at as well

    @cached_property
    def wrong(self) -> list[Exchange]:
        return [judged.exchange for judged in self.failures]

    @cached_property
    def right(self) -> list[Exchange]:
        return [judged.exchange for judged in self.successes]

    @property
    def answers(self) -> list[tuple[Any, Any]]:
        """Both sides' values in every wrong call; empty where one of them has none."""
        pairs = [
            (exchange.got.value, exchange.expected.value)
            for exchange in self.wrong
            if isinstance(exchange.got, Value) and isinstance(exchange.expected, Value)
        ]
        return pairs if len(pairs) == len(self.wrong) else []

    @cached_property
    def alike(self) -> list[Exchange]:
        """The right calls of what went wrong: the same function, asked for the same."""
        return [judged.exchange for judged in self._alike(self.successes)]

    @cached_property
    def wrong_elsewhere(self) -> list[Exchange]:
        """The calls of the same function that went wrong, and are no part of this evidence."""
        return [judged.exchange for judged in self._alike(self.others)]

    def _alike(self, others: Sequence[Judged]) -> list[Judged]:
        kinds = {_what(exchange) for exchange in self.wrong}
        return [judged for judged in others if _what(judged.exchange) in kinds]

    @cached_property
    def everywhere(self) -> "Evidence":
        """The same values in all calls of the function, right and wrong: what is not said of these
        is contradicted by one of them."""
        beside = self._alike((*self.successes, *self.others))
        failures = [*self.failures, *beside]
        return replace(
            self, failures=failures, successes=(), others=(), among=frozenset(self.labels)
        )

    def is_given_by(self, answer: Exchange | None) -> bool:
        """Whether all these values of the learner's are those of another right answer, which stands
        beside them as the expected one; None is no answer."""
        parts = compared(answer, self.names) if answer else ()
        found = [part for part in parts if part.label in self.labels]
        return bool(found) and all(bool(part.close.all()) for part in found)

    @cached_property
    def differences(self) -> list[Difference]:
        """Every tensor and number in the wrong calls that differs from what was expected."""
        parts = [part for judged in self.failures for part in judged.numbers]
        if self.among is not None:
            return [part for part in parts if part.label in self.among]
        return [part for part in parts if self.only in (None, part.label) and part.is_wrong]

    @cached_property
    def agreements(self) -> list[Difference]:
        """Every tensor and number that is as expected, in wrong calls and in right ones."""
        return [
            part
            for judged in (*self.failures, *self.successes)
            for part in judged.numbers
            if part.close.all()
        ]

    @property
    def numbers(self) -> int:
        """How many numbers differ."""
        return sum(int((~difference.close).sum()) for difference in self.differences)

    @property
    def labels(self) -> list[str]:
        """Which of several values or gradients differ, in the order in which they come."""
        return list(dict.fromkeys(found.label for found in self.differences))

    def about(self, label: str) -> "Evidence":
        """The evidence of one of several values alone."""
        return replace(self, only=label)

    @property
    def what(self) -> str:
        """What the differences are in: the result, or those of several that differ."""
        labels = self.labels
        if len(labels) == 1:
            return result_named(labels[0])
        right = {found.label for found in self.agreements} - set(labels)
        if not right and self.wrong[0].call.want != "gradients":
            return "Your result"
        return f"Each of {' and '.join(labels)}"


def _what(exchange: Exchange) -> tuple[str, str, str, bool]:
    call = exchange.call
    target = call.target if isinstance(call.target, str) else call.target.type
    kind = "object" if isinstance(call.target, Handle) else "name"
    return f"{kind} {target}", call.method, call.want, isinstance(exchange.expected, Raised)


def result_named(label: str) -> str:
    """What a sentence begins with that is about one of several values, or the only one."""
    if label.startswith("value "):
        return f"Value {label.removeprefix('value ')} of your result"
    return f"{label[0].upper()}{label[1:]}" if label else "Your result"


def lowered(says: str) -> str:
    """A sentence as it goes on behind other words."""
    return says[:1].lower() + says[1:]


def some_calls(says: str) -> str:
    """A sentence that does not hold for all calls."""
    return f"In some calls, {lowered(says)}"


def compared(exchange: Exchange, names: ArgumentNames) -> Iterator[Difference]:
    """The tensors and numbers of a call whose form is right, in pairs."""
    if not isinstance(exchange.got, Value) or not isinstance(exchange.expected, Value):
        return
    try:
        got = check_structure(exchange.got.value, exchange.expected.value)
    except Differs:
        return
    arguments = named_arguments(exchange.call, names)
    pairs = zip(leaves(got), leaves(exchange.expected.value), strict=True)
    for (path, mine), (_, theirs) in pairs:
        tensor = as_numbers(mine), as_numbers(theirs)
        if tensor[0] is None or tensor[1] is None or tensor[1].numel() == 0:
            continue
        whole = isinstance(theirs, int)
        dtype = theirs.dtype if isinstance(theirs, Tensor) else WHOLE if whole else torch.float64
        label = label_of(path, exchange, list(arguments))
        agrees = same(mine, theirs)
        yield Difference(exchange, label, tensor[0], tensor[1], dtype, arguments, agrees)


def distinct(numbers: Tensor) -> int:
    """How many different numbers there are."""
    return len(torch.unique(numbers))


def as_numbers(value: Any) -> Tensor | None:
    if isinstance(value, Tensor) and value.numel() <= MAX_NUMBERS:
        return value.detach().cpu().double()
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        return torch.tensor(float(value), dtype=torch.float64)
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return None


def label_of(path: tuple[Any, ...], exchange: Exchange, arguments: Sequence[str] = ()) -> str:
    """What a value at `path` of a result is called: empty where it is the result itself."""
    call = exchange.call
    if call.want == "gradients" and len(path) == 2:
        which, name = path
        if which == "parameters":
            return f"the gradient of parameter `{name}`"
        return f"the gradient of `{arguments[name]}`" if name < len(arguments) else "a gradient"
    if call.want == "inputs_after" and path and path[0] < len(arguments):
        return f"`{arguments[path[0]]}`"
    if not path:
        return ""
    return f"value {path[0] + 1}" if isinstance(path[0], int) else f"`{path[0]}`"


def named_arguments(call: Call, names: ArgumentNames) -> dict[str, Any]:
    """The arguments of a call by their parameters' names."""
    known = list(names(call))
    known += [f"argument {i + 1}" for i in range(len(known), len(call.args))]
    return {**dict(zip(known, call.args, strict=False)), **call.kwargs}


def with_argument(call: Call, name: str, value: Any, names: ArgumentNames) -> Call:
    """The call with another value for one argument that it gives."""
    if name in call.kwargs:
        return replace(call, kwargs={**call.kwargs, name: value})
    place = list(named_arguments(call, names)).index(name)
    return replace(call, args=(*call.args[:place], value, *call.args[place + 1 :]))


# What a detector may stumble over in a learner's values, which can be of any form and size.
UNREADABLE = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)


def kind_of(exchange: Exchange) -> Kind:
    """In what way an answer is wrong, or that it is right.

    Of numbers that were drawn at random nobody can tell here: `chance`.
    """
    got, expected, want = exchange.got, exchange.expected, exchange.call.want
    if isinstance(expected, Raised):
        if isinstance(got, Value):
            return "acceptance"
        return "right" if expected.type in got.bases else "error"
    if isinstance(got, Raised):
        return "error"
    if same(got.value, expected.value):
        return "right"
    if want == "inputs_after":
        return "arguments"
    if not has_form(got.value, expected.value):
        return "form"
    if is_about_form(exchange.call):
        return "right"
    if exchange.by_chance:
        return "chance"
    return "gradients" if want == "gradients" else "value"


def kind_of_test(judged: Iterable[Judged]) -> Kind:
    """In what way a test went wrong first; by `chance` where in no other."""
    kinds = [each.kind for each in judged]
    known: Iterator[Kind] = (kind for kind in kinds if kind not in UNTELLING)
    return next(known, "chance" if "chance" in kinds else "right")


def argument_names(module: Any) -> ArgumentNames:
    """Parameters' names as the stub states them, looked up in `module`, the solution."""

    def names(call: Call) -> list[str]:
        kind = call.target if isinstance(call.target, str) else call.target.type
        found = getattr(module, kind, None)
        if isinstance(call.target, Handle):
            found = getattr(found, call.method or "forward", None)
        elif call.method:
            found = getattr(found, call.method, None)
        if found is None:
            return []
        try:
            known = list(inspect.signature(found).parameters)
        except (TypeError, ValueError):
            return []
        return known[1:] if known[:1] == ["self"] else known

    return names
