"""What a worker may answer, and how much of it: checked before anything formats or compares it.

A learner's code can write into the channel itself. So a reply is taken only in the exact form, and
within the bounds, in which an honest worker would have sent it; all else is a `ProtocolError`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from grader.errors import ProtocolError
from grader.examiner.exchange import Value
from grader.report import MAX_TEXT
from grader.worker.calls import MAX_BASES, MAX_FRAMES, MAX_LINE, MAX_MESSAGE, MAX_NAME, Raised
from grader.worker.inspection import Finding
from grader.worker.protocol import decode
from grader.worker.tracing import MAX_NUMBERS, MAX_STEPS, Step, Steps
from grader.worker.worker import MAX_DEFINED

MAX_ARGUMENTS = 64  # of a call that a suite makes
# What only we say of a worker, and no worker of itself.
OUR_KINDS = frozenset({"died", "garbage", "budget", "hurried", "lost"})


@dataclass(frozen=True)
class EntryPoints:
    """What became of the names that are graded.

    `missing` are not there or cannot be called; `found` has the type of each that is there;
    `defined` is what the file defines at all.
    """

    missing: tuple[str, ...]
    found: dict[str, str]
    defined: tuple[str, ...]


def read_reply(
    operation: str, document: Any, tensors: dict[str, Tensor], device: str
) -> tuple[Value | Raised, str]:
    """The answer to one request, and what was printed meanwhile.

    The answer is a `Raised`, or holds what the operation gives: a `Finding` or None (inspect),
    `EntryPoints` (load), None (helper), `Steps` (trace), any value that can be sent (call).
    """
    match document:
        case {"value": value, "written": [*written], "output": str(output), **more} if not more:
            read = _ANSWERS.get(operation, _any_value)
            changed = _indices(tuple(written), MAX_ARGUMENTS)
            return Value(read(decode(value, tensors, device)), written=changed), output[:MAX_TEXT]
        case {"raised": raised, "output": str(output), **more} if not (more or tensors):
            return _read_raised(raised), output[:MAX_TEXT]
    raise ProtocolError("not a reply")


def _any_value(value: Any) -> Any:
    return value


def _read_nothing(value: Any) -> None:
    if value is not None:
        raise ProtocolError("nothing was asked")


def _read_finding(value: Any) -> Finding | None:
    match value:
        case None:
            return None
        case {
            "kind": "syntax" | "forbidden" as kind,
            "file": str(file),
            "line": int() | None as line,
            "code": str(code),
            "message": str(message),
            "call": str(call),
            "name": str(name),
            **more,
        } if not more:
            texts = (text[:MAX_MESSAGE] for text in (code, message, call))
            code, message, call = texts
            return Finding(kind, file, line, code, message, call, name)
    raise ProtocolError("not a finding")


def _read_entry_points(value: Any) -> EntryPoints:
    match value:
        case {"missing": [*missing], "found": {**found}, "defined": [*defined], **more} if (
            len(defined) <= MAX_DEFINED and not more
        ):
            types = {_name(key): _name(kind) for key, kind in found.items()}
            return EntryPoints(tuple(map(_name, missing)), types, tuple(map(_name, defined)))
    raise ProtocolError("not what a file defines")


def _read_steps(value: Any) -> Steps:
    match value:
        case {
            "steps": tuple(steps),
            "results": tuple(results),
            "is_whole": bool(is_whole),
            "has_returned": bool(has_returned),
            **more,
        } if len(steps) <= MAX_STEPS and not more:
            read = tuple(_read_step(step, number) for number, step in enumerate(steps))
            return Steps(read, _indices(results, len(read)), is_whole, has_returned)
    raise ProtocolError("no steps")


def _read_step(step: Any, number: int) -> Step:
    match step:
        case {
            "file": str(file),
            "line": int(line),
            "operation": str(operation),
            "name": str(name),
            "inputs": tuple(inputs),
            "value": Tensor() as value,
            **more,
        } if 0 <= line < MAX_LINE and value.numel() <= MAX_NUMBERS and not more:
            texts = _name(file), line, _name(operation), _name(name)
            return Step(*texts, _indices(inputs, number), value)
    raise ProtocolError("not a step")


def _indices(found: tuple[Any, ...], below: int) -> tuple[int, ...]:
    """Of earlier steps: whoever follows them comes to an end."""
    if len(found) > below or not all(type(each) is int and 0 <= each < below for each in found):
        raise ProtocolError("not indices")
    return found


def _read_raised(raised: Any) -> Raised:
    match raised:
        case {
            "kind": str(kind),
            "type": str(name),
            "message": str(message),
            "frames": [*frames],
            "bases": [*bases],
            **more,
        } if (
            not more
            and kind not in OUR_KINDS
            and len(message) <= MAX_MESSAGE
            and len(frames) <= MAX_FRAMES
            and len(bases) <= MAX_BASES
        ):
            lines = tuple(map(_read_frame, frames))
            return Raised(_name(kind), _name(name), message, lines, tuple(map(_name, bases)))
    raise ProtocolError("not an exception")


def _read_frame(frame: Any) -> tuple[str, int, str, str]:
    match frame:
        case [str(file), int(line), str(function), str(code)] if 0 <= line < MAX_LINE:
            return _name(file), line, _name(function), _name(code).partition("\n")[0]
    raise ProtocolError("not a frame of a traceback")


def _name(text: Any) -> str:
    if not isinstance(text, str) or len(text) > MAX_NAME:
        raise ProtocolError("not a name")
    return text


_ANSWERS: dict[str, Callable[[Any], Any]] = {
    "inspect": _read_finding,
    "load": _read_entry_points,
    "helper": _read_nothing,
    "trace": _read_steps,
}
