"""Performs calls on one loaded source: the learner's in a worker, ours in the examiner.

The examiner makes every call of a suite twice, here on `solution.py` and over there on the
learner's file, and the diagnosis makes it again on edited solutions. All of them run this one piece
of code.
"""

import inspect
import linecache
import opcode
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath
from traceback import walk_tb
from typing import Any, Literal

import torch
from torch import Tensor, nn

from grader.worker.gradients import Detached, gradients
from grader.worker.inspection import source_lines
from grader.worker.protocol import Handle, ValueEncoder, decode
from grader.worker.values import leaves, mapped, parts

Want = Literal["value", "gradients", "inputs_after", "dict", "forms", "nothing"]
BESIDE: tuple[Want, ...] = ("gradients", "inputs_after")  # what is asked for beside the result


@dataclass(frozen=True)
class Call:
    """One thing that a suite asks of a submission.

    `target` is a name in the learner's file, or a handle; `method` the attribute of it that is
    called (empty for the target itself). `index` names what is kept: the third call's result is
    handle `3`.
    """

    index: int
    target: str | Handle
    method: str = ""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    want: Want = "value"
    cotangent: Any = None


def name_of(call: Call) -> str:
    """What is called, as the learner knows it: `softmax`, `GPT.generate`."""
    target = call.target if isinstance(call.target, str) else call.target.type
    return f"{target}.{call.method}" if call.method else target


def encode_call(call: Call, encoder: ValueEncoder) -> dict[str, Any]:
    """The request that asks a worker for `call`; its tensors are in `encoder` afterwards."""
    return {
        "op": "call",
        "index": call.index,
        "target": encoder.encode(call.target),
        "method": call.method,
        "args": encoder.encode(call.args),
        "kwargs": encoder.encode(dict(call.kwargs)),
        "want": call.want,
        "cotangent": encoder.encode(call.cotangent),
    }


def decode_call(request: dict[str, Any], tensors: dict[str, Tensor], device: str) -> Call:
    """The inverse of `encode_call`."""
    values = [request[name] for name in ("target", "args", "kwargs", "cotangent")]
    target, args, kwargs, cotangent = decode(values, tensors, device)
    return Call(
        request["index"], target, request["method"], args, kwargs, request["want"], cotangent
    )


class BadSignature(TypeError):
    """The function was found, but it cannot be called with these arguments."""


class Marked(RuntimeError):
    """An argument requires gradients after the call, and did not before."""


def empty_module(name: str, filename: str, source: str) -> types.ModuleType:
    """A module for `source` to run in; tracebacks show its lines, though there is no such file."""
    linecache.cache[filename] = (len(source), None, source_lines(source), filename)
    module = types.ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module  # dataclasses and typing look their module up here
    return module


@lru_cache(maxsize=64)
def _compiled(source: str, filename: str) -> types.CodeType:
    """A diagnosis loads the helper of a test for each suspect; compiling it takes 2 ms."""
    return compile(source, filename, "exec", dont_inherit=True)


def load_source(
    name: str, filename: str, source: str, code: types.CodeType | None = None
) -> types.ModuleType:
    """Run `source` as module `name`; `code`, where it has been compiled already.

    What it raises comes through, and leaves no module behind.
    """
    module = empty_module(name, filename, source)
    try:
        exec(code or _compiled(source, filename), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


class LoadedModule:
    """One loaded module and the objects that a suite has made with it."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module
        self.written: tuple[int, ...] = ()  # which arguments the last call has changed
        self._kept: dict[str, object] = {}

    def begin(self, seed: int) -> None:
        """Forget what earlier tests made, and fix torch's random numbers for this one."""
        self._kept.clear()
        # Not `torch.manual_seed`: that notes a stack trace for each kind of accelerator, 1.5 ms.
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.manual_seed_all(seed)

    def keep(self, value: object, name: str) -> Handle:
        self._kept[name] = value
        return Handle(name, _type_of(value))

    def add_helper(self, name: str, source: str) -> Handle:
        """Load a module that a test ships; its functions can then be passed as arguments."""
        return self.keep(load_source(f"helper_{name}", f"helper_{name}.py", source), name)

    def perform(self, call: Call) -> Any:
        """Make the call and give its result; anything the code raises comes through.

        Where `call.want` is one of `BESIDE`, that comes with it: (result, what was wanted).
        """
        self.written = ()
        function = self._resolve(call.target)
        if call.method:
            function = getattr(function, call.method)
        args = self._inside(call.args)
        kwargs = self._inside(dict(call.kwargs))
        if not callable(function):
            return function
        performed = self._perform(call, function, args, kwargs)
        given = [*zip(call.args, args, strict=True)]
        given += [(value, kwargs[name]) for name, value in call.kwargs.items()]
        self.written = tuple(i for i, each in enumerate(given) if not _is_untouched(*each))
        return performed

    def _perform(self, call: Call, function: Any, args: tuple[Any, ...], kwargs: Any) -> Any:
        try:
            if call.want == "gradients":
                return gradients(function, args, kwargs, call.cotangent)
            result = function(*args, **kwargs)
        except TypeError:
            _check_signature(function, args, kwargs)
            raise
        if call.want == "inputs_after":
            _check_unmarked(args)
            return result, list(args)
        if call.want == "nothing":
            return None
        if call.want == "dict":
            return {name: value for name, value in result if isinstance(value, Tensor)}
        if call.want == "forms":
            return {name: _form(value) for name, value in result if isinstance(value, Tensor)}
        return result

    def _resolve(self, target: str | Handle) -> Any:
        if isinstance(target, str):
            return getattr(self.module, target)
        name, _, attribute = target.id.partition(":")
        value = self._kept[name]
        return getattr(value, attribute) if attribute else value

    def _inside(self, value: Any) -> Any:
        """`value` with handles resolved, and tensors copied so that a call cannot touch them."""

        def inside(leaf: Any, path: str) -> Any:
            if isinstance(leaf, Handle):
                return self._resolve(leaf)
            return leaf.clone() if isinstance(leaf, Tensor) else leaf

        return mapped(inside, value)


def _is_untouched(given: Any, now: Any) -> bool:
    """Whether an argument holds what it held before the call; of objects nobody asks."""
    if isinstance(given, Handle):
        return True
    if isinstance(given, Tensor):
        return _holds_the_same(given, now)
    before, after = parts(given), parts(now)
    if before is None or after is None:
        return given is now or (type(given) is type(now) and bool(given == now))
    if [part.label for part in before] != [part.label for part in after]:
        return False
    pairs = zip(before, after, strict=True)
    return all(_is_untouched(one.value, other.value) for one, other in pairs)


def _holds_the_same(given: Tensor, now: Any) -> bool:
    if not isinstance(now, Tensor) or (now.dtype, now.shape) != (given.dtype, given.shape):
        return False
    if torch.equal(now, given):
        return True
    return bool(((now == given) | (now.isnan() & given.isnan())).all())


def _form(tensor: Tensor) -> str:
    return f"{tensor.dtype} {tuple(tensor.shape)} on {tensor.device.type}"


def _type_of(value: object) -> str:
    """A type's name; for a tensor that cannot be sent, also what it is that cannot."""
    if isinstance(value, Tensor):
        return f"Tensor ({value.dtype}, {value.layout}, on {value.device})"
    return type(value).__qualname__[:MAX_NAME]


def _check_signature(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    target = function.forward if isinstance(function, nn.Module) else function
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):  # builtins do not tell
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise BadSignature(f"it takes {signature} ({error})") from None


def _check_unmarked(args: tuple[Any, ...]) -> None:
    """A tensor that something was written into requires a gradient too, and its numbers tell."""
    for number, arg in enumerate(args, start=1):
        tensors = (leaf for _, leaf in leaves(arg) if isinstance(leaf, Tensor))
        if any(tensor.requires_grad and tensor.is_leaf for tensor in tensors):
            raise Marked(f"argument {number}")


@dataclass(frozen=True)
class Raised:
    """An exception. `frames` holds (file, line, function, code) of the learner's own lines, `bases`
    the names of the classes that it is an instance of."""

    kind: str
    type: str
    message: str
    frames: tuple[tuple[str, int, str, str], ...] = ()
    bases: tuple[str, ...] = ()


# What of an exception is told; an examiner takes no more.
MAX_MESSAGE = 1000
MAX_FRAMES = 6
MAX_BASES = 32
MAX_NAME = 200  # of a class, a function, a file; and of a line of code
MAX_LINE = 1_000_000

# Where IPython waits for somebody to type. What it stops at before, such as a file of its settings,
# says nothing to a learner.
_PROMPTS = ("IPython/terminal/embed.py", "IPython/core/debugger.py")

# How Python says that a module has no such name.
LIBRARY_WITHOUT = re.compile(r"(?:cannot import name '\w+' from|module) '(\w+)'")


def describe_exception(error: BaseException, files: frozenset[str]) -> Raised:
    """What a report may say of an exception: its text, and the frames that lie in `files`."""
    try:
        message = str(error)[:MAX_MESSAGE]
    except BaseException:  # an exception class of the learner's may fail at this, too
        message = ""
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        number = traceback.tb_lineno or 0  # None of code that says nothing of its lines
        if code.co_filename in files and 0 < number < MAX_LINE:
            line = linecache.getline(code.co_filename, number).strip()
            name = PurePath(code.co_filename).name[:MAX_NAME]
            function = code.co_name[:MAX_NAME]
            frames.append((name, number, function, line[:MAX_NAME]))
        traceback = traceback.tb_next
    kind = "unwritten" if _is_unwritten(error, files) else _kind(error, message, files)
    bases = tuple(base.__name__[:MAX_NAME] for base in type(error).__mro__[:MAX_BASES])
    return Raised(kind, bases[0], message, tuple(frames[-MAX_FRAMES:]), bases)


def _is_unwritten(error: BaseException, files: frozenset[str]) -> bool:
    """Whether a stub says so itself, or a module has no `forward`; torch raises the same error
    where it has no function for a dtype."""
    traceback = error.__traceback__
    if not isinstance(error, NotImplementedError) or traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    is_raised = code.co_code[traceback.tb_lasti] == opcode.opmap["RAISE_VARARGS"]
    return is_raised and (code.co_filename in files or code.co_name == "_forward_unimplemented")


def _kind(error: BaseException, message: str, files: frozenset[str]) -> str:
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (BadSignature, "signature"),
        (Detached, "detached"),
        (Marked, "marked"),
        (SystemExit, "exit"),
        (RecursionError, "recursion"),
        (MemoryError, "memory"),
        (PermissionError, "forbidden_action"),
        (FileNotFoundError, "no_file"),
        (ModuleNotFoundError, "no_module"),
    )
    passed_through = (frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__))
    if any(file.endswith(_PROMPTS) for file in passed_through):
        return "prompt"
    for category, kind in kinds:
        if isinstance(error, category):
            return kind
    if isinstance(error, EOFError) and message.startswith("EOF when reading a line"):
        return "input"
    if isinstance(error, NameError) and error.name == "get_ipython":
        return "notebook"
    if isinstance(error, ImportError) and message.startswith("attempted relative import"):
        return "relative_import"
    if isinstance(error, ImportError) and "cannot open shared object file" in message:
        return "no_module"
    if "can't allocate memory" in message:
        return "memory"
    if _is_of_a_namesake(error, message, files):
        return "namesake"
    return "exception"


def _is_of_a_namesake(error: BaseException, message: str, files: frozenset[str]) -> bool:
    """Whether a library was asked for what it has not, and one of `files` is called like it."""
    asked = LIBRARY_WITHOUT.match(message)
    if asked is None or not isinstance(error, ImportError | AttributeError):
        return False
    file = f"{asked[1]}.py"
    return file in files and getattr(sys.modules.get(asked[1]), "__file__", None) != file
