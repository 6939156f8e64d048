"""What a suite asked, and what both sides answered: all that a diagnosis has to go on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from grader.errors import ProtocolError
from grader.worker.calls import BESIDE, Call, Raised
from grader.worker.protocol import Handle
from grader.worker.values import leaves


@dataclass(frozen=True)
class Value:
    """What a call returned; where something beside it was asked for, that, and then `result`.

    `written` are the arguments that the call has changed, by position, named ones last.
    """

    value: Any
    result: Any = None
    written: tuple[int, ...] = ()


def answer_to(call: Call, performed: Any, written: tuple[int, ...]) -> Value:
    """What performing `call` gave. Raises `ProtocolError` where a worker has made that up."""
    if any(number >= len(call.args) + len(call.kwargs) for number in written):
        raise ProtocolError("changed an argument that was never given")
    if call.want not in BESIDE:
        return Value(performed, written=written)
    if not isinstance(performed, tuple) or len(performed) != 2:
        raise ProtocolError("a result without what was asked for beside it")
    result, wanted = performed
    return Value(wanted, result, written)


@dataclass(frozen=True)
class Helper:
    """A module that a test ships to the other side."""

    name: str
    source: str


@dataclass(frozen=True, eq=False)  # tensors have no one truth of being equal
class Exchange:
    """One call, and the learner's answer beside the solution's.

    Where the call should raise an error, `expected` names its class and has no message. `by_chance`
    says that the solution drew random numbers for its answer: another one may be right as well.
    """

    call: Call
    got: Value | Raised
    expected: Value | Raised
    by_chance: bool = False


@dataclass(frozen=True)
class Record:
    """What one test called and got, in order, and whether it failed."""

    seed: int
    log: Sequence[Exchange | Helper]
    failed: bool

    @property
    def exchanges(self) -> list[Exchange]:
        return [step for step in self.log if isinstance(step, Exchange)]

    def right_answers(self) -> Iterator[Any]:
        """Each number and text that is right somewhere; an error, an object and a parameter at its
        beginning are none."""
        for exchange in self.exchanges:
            yield from _right_answers(exchange)


def _right_answers(exchange: Exchange) -> Iterator[Any]:
    expected, call = exchange.expected, exchange.call
    if isinstance(expected, Raised) or is_about_form(call):
        return
    told = expected.result if call.want == "inputs_after" else (expected.value, expected.result)
    for _, leaf in leaves(told):
        if isinstance(leaf, Tensor):
            yield from leaf.flatten().tolist()
        elif leaf is not None and not isinstance(leaf, Handle):
            yield leaf


def is_about_form(call: Call) -> bool:
    """Whether only the form of the answer can be wrong: nobody says how parameters begin."""
    return call.method in ("named_parameters", "state_dict")
