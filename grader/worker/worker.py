"""One submission's process: locks itself down, then answers the examiner until it is killed.

Nothing here is a secret, and nothing here is trusted once the learner's code has run: what the
worker says after that is taken as the learner's answer, whoever wrote it.
"""

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import signal
import socket
import sys
import types
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import PurePath
from typing import Any

import torch

from grader.lockdown.lockdown import OPTIONAL, Layer, Plan, WorkerLimits, apply
from grader.worker.calls import (
    MAX_NAME,
    Call,
    LoadedModule,
    Raised,
    decode_call,
    describe_exception,
    empty_module,
    encode_call,
)
from grader.worker.channel import Channel
from grader.worker.inspection import Finding, compile_files
from grader.worker.protocol import Handle, TooLarge, ValueEncoder
from grader.worker.surroundings import Output, open_streams, run_as
from grader.worker.tracing import trace

MAX_DEFINED = 20  # names that a report lists where the one that is graded is missing
# Modules that were loaded when others had called what needs them. They save time, and are no reason
# why a file of the learner's own that is called like one should not be imported.
loaded_late: set[str] = set()


class TimeLimit(BaseException):
    """Raised in the learner's code when its time is up; no `except Exception` swallows it."""


def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """A warning in one line, without torch's note where in its own sources it was raised."""
    text = str(message).partition(" (Triggered internally at")[0]
    print(f"Warning: {text}", file=sys.stderr)


class SubmissionFinder(importlib.abc.MetaPathFinder):
    """Lets one file of a submission import another; the files exist in memory only."""

    def __init__(self, files: dict[str, str], compiled: dict[str, types.CodeType]) -> None:
        self._files = files
        self._compiled = compiled
        self.exit: SystemExit | None = None

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        own = f"{fullname}.py"
        if own not in self._files:
            return None
        is_package = any(name.startswith(f"{fullname}.") and name != own for name in self._files)
        return importlib.util.spec_from_loader(fullname, self, is_package=is_package)  # type: ignore[arg-type]

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self.load(f"{spec.name}.py")

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is left to do: `load` has run it."""

    def load(self, file: str) -> types.ModuleType:
        """Run a file. One that ends with `sys.exit`, as a program may, has run to its end."""
        name = PurePath(file).stem
        module = empty_module(name, file, self._files[file])
        try:
            exec(self._compiled[file], module.__dict__)
        except SystemExit as error:
            self.exit = error
        except BaseException:
            sys.modules.pop(name, None)
            raise
        return module


class Worker:
    """Answers requests about one submission; each public method is one operation."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._files: dict[str, str] = {}
        self._compiled: dict[str, types.CodeType] = {}
        self._main = ""
        self._loaded: LoadedModule | None = None

    @property
    def written(self) -> list[int]:
        """Which arguments the last call has changed."""
        return list(self._loaded.written) if self._loaded else []

    def inspect(self, files: dict[str, str], main: str, forbidden: list[str]) -> Any:
        self._files, self._main = files, main
        result = compile_files(files, frozenset(forbidden))
        if isinstance(result, Finding):
            return asdict(result)
        self._compiled = result
        return None

    def load(self, entry: list[str]) -> Any:
        """Run the file; say which entry points are missing, and what it defines instead."""
        for name in loaded_late & {PurePath(file).stem for file in self._files}:
            sys.modules.pop(name, None)
        finder = SubmissionFinder(self._files, self._compiled)
        sys.meta_path.insert(0, finder)
        run_as(self._main)
        module = finder.load(self._main)
        self._loaded = LoadedModule(module)
        found = {
            key: type(getattr(module, key, None)).__name__[:MAX_NAME]
            for key in entry
            if hasattr(module, key)
        }
        missing = [key for key in entry if not callable(getattr(module, key, None))]
        if missing and finder.exit is not None:
            raise finder.exit
        defined = [
            key
            for key, value in vars(module).items()
            if callable(value) and getattr(value, "__module__", None) == module.__name__
        ]
        names = [name[:MAX_NAME] for name in defined[:MAX_DEFINED]]
        return {"missing": missing, "found": found, "defined": names}

    def begin(self, seed: int) -> None:
        self._active().begin(seed)

    def helper(self, name: str, source: str) -> None:
        self._active().add_helper(name, source)

    def call(self, request: dict[str, Any], tensors: dict[str, Any]) -> Any:
        return self._active().perform(decode_call(request, tensors, self._device))

    def trace(self, request: dict[str, Any], tensors: dict[str, Any]) -> Any:
        files = frozenset(self._files)
        return asdict(trace(self._active(), files, decode_call(request, tensors, self._device)))

    def keep(self, value: object, name: str) -> Handle:
        return self._active().keep(value, name)

    def _active(self) -> LoadedModule:
        if self._loaded is None:
            raise RuntimeError("nothing is loaded")
        return self._loaded


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` at the learner's line. The examiner kills what ignores it."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _time_is_up(*_: object) -> None:
    raise TimeLimit


def answer(worker: Worker, request: dict[str, Any], tensors: dict[str, Any]) -> tuple[Any, Any]:
    """The reply to one request: a document and its tensors."""
    files = frozenset(worker._files)
    index = request.get("index", 0)
    encoder = ValueEncoder(lambda value, path: worker.keep(value, f"{index}{path}"))
    try:
        with time_limit(request["seconds"]):
            if request["seed"] is not None:
                worker.begin(request["seed"])
            match request["op"]:
                case "inspect":
                    value = worker.inspect(request["files"], request["main"], request["forbidden"])
                case "load":
                    value = worker.load(request["entry"])
                case "helper":
                    value = None
                    worker.helper(request["name"], request["source"])
                case "trace":
                    value = worker.trace(request, tensors)
                case _:
                    value = worker.call(request, tensors)
            return {"value": encoder.encode(value), "written": worker.written}, encoder.tensors
    except BaseException as error:  # the learner's code may raise anything, SystemExit included
        return {"raised": asdict(raised_by(error, files))}, {}


def raised_by(error: BaseException, files: frozenset[str]) -> Raised:
    """What the report may say of `error`, be it the learner's or one of our limits."""
    raised = describe_exception(error, files)
    if isinstance(error, TooLarge):
        return replace(raised, kind="too_large")
    if isinstance(error, TimeLimit):
        return replace(raised, kind="time")
    return raised


REHEARSAL = """
import torch
from torch import Tensor, nn

def attend(x: Tensor) -> tuple[Tensor, Tensor]:
    weights = (x @ x.transpose(-2, -1)).softmax(dim=-1)
    return weights @ x, weights
"""


def rehearse(device: str) -> None:
    """Answer a few requests while nobody waits, and forget them.

    A fork shares its parent's memory until one of them writes to it: the first call of a worker
    would take 4 ms, most of it for copying pages.
    """
    finders = list(sys.meta_path)
    ours, theirs = socket.socketpair()
    examiner, channel, output, worker = Channel(ours), Channel(theirs), Output(), Worker(device)
    x = torch.ones(2, 2)
    calls = (
        Call(0, "attend", args=(x,)),
        Call(1, "attend", args=(x,), want="gradients", cotangent=(x, x)),
    )
    encoders = [ValueEncoder() for _ in calls]
    requests: list[tuple[dict[str, Any], dict[str, torch.Tensor]]] = [
        (
            {
                "op": "inspect",
                "files": {"rehearsal.py": REHEARSAL},
                "main": "rehearsal.py",
                "forbidden": ["dropout"],
            },
            {},
        ),
        ({"op": "load", "entry": ["attend"]}, {}),
        *(
            ({**encode_call(call, encoder), "seed": 0}, encoder.tensors)
            for call, encoder in zip(calls, encoders, strict=True)
        ),
    ]
    for request, tensors in requests:
        examiner.send({"seconds": 1.0, "seed": None, **request}, tensors)
        reply(channel, worker, output)
        document, _ = examiner.receive()
        assert "value" in document, document
    sys.meta_path[:] = finders
    del sys.modules["rehearsal"]
    examiner.close()
    channel.close()


def reply(channel: Channel, worker: Worker, output: Output) -> None:
    """Answer one request."""
    request, tensors = channel.receive()
    document, reply_tensors = answer(worker, request, tensors)
    document["output"] = output.take()
    try:
        channel.send(document, reply_tensors)
    except Exception as error:  # too large, or it only looked as if it could be sent
        raised = raised_by(error, frozenset(worker._files))
        channel.send({"raised": asdict(raised), "output": ""})


def state(name: str, layer: Layer) -> str:
    """What a report says of a layer; only one without which a promise is weaker is missing."""
    if layer.holds:
        return layer.detail
    return "not to be had here" if name in OPTIONAL else "missing"


def serve(sock: socket.socket, plan: Plan, limits: WorkerLimits, device: str) -> None:
    """Lock down, say which layers hold, then answer until the peer is gone."""
    channel = Channel(sock)
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rehearse(device)
    layers = apply(plan, limits, keep_fds=[sock.fileno()])
    states = [[name, state(name, layer)] for name, layer in layers.items()]
    channel.send({"value": {"dict": states}})

    output = open_streams()
    warnings.showwarning = show_warning
    if device != "cpu":
        torch.set_default_device(device)
    worker = Worker(device)
    gc.freeze()
    while True:
        reply(channel, worker, output)
