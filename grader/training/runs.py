"""A run where it takes place: the learner's in a worker, the reference's in this process.

What a worker says of its run is checked in form and size before anything is kept of it, but not
believed: its code may make up a curve. Nothing that counts comes of it.
"""

import math
import re
from collections.abc import Mapping, Set
from dataclasses import asdict
from typing import Any, Protocol

import torch
from torch import Tensor

from exercises.catalog import Limits
from grader.errors import UsageError
from grader.examiner.exchange import Value
from grader.examiner.failure_messages import describe, describe_finding
from grader.examiner.sandbox import Sandbox
from grader.examiner.submission_process import SubmissionProcess
from grader.report import printable
from grader.training.folder import Plan, Update
from grader.training.reference_model import name_in_stubs, reference_model
from grader.training.sources import MAIN, PACKAGE, sources
from grader.worker.calls import MAX_NAME, Call, Raised
from grader.worker.inspection import Finding
from grader.worker.protocol import Handle
from grader.worker.training.assembly import MAX_PARAMETERS, Misfit, Parts
from grader.worker.training.attention_maps import Maps
from grader.worker.training.run import SequenceRun

# What one run may use: hours in all, and for one request as long as learning a text's merges takes.
LIMITS = Limits(seconds=120.0, total_seconds=4 * 3600.0, memory_mb=3072)
MAX_ROWS = 200  # of the tree of a model
MAX_WRITTEN = 4000  # letters of a sample
LARGEST = torch.finfo(torch.float32).max
MAX_LABEL = 16  # letters of the name of a token
MAX_HEADS = 64
Tree = list[tuple[str, str, str, int]]
Looked = tuple[list[str], list[str], Maps]  # as `Run.look` gives it


class TrainingFailed(UsageError):
    """The learner's parts do not fit, or stopped; the text says which and why."""

    exit_code = 1


class TrainingRun(Protocol):
    """`SequenceRun` and `TextRun`, wherever they are."""

    def tree(self) -> Tree: ...
    def missing_layers(self) -> list[str]: ...
    def take_steps(self, count: int) -> list[Update]: ...
    def state(self) -> dict[str, Tensor]: ...
    def restore(self, step: int, state: Mapping[str, Tensor]) -> None: ...
    def write(self, source: Tensor) -> Tensor: ...
    def write_text(self, prompt: str, max_new: int, seed: int) -> str: ...
    def look(self, typed: str) -> Looked: ...
    def close(self) -> None: ...


class SandboxedRun:
    """The learner's, in a worker. Raises `TrainingFailed` where their code does not do its part."""

    def __init__(self, sandbox: Sandbox, plan: Plan) -> None:
        self._step = 0
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._index = 0
        files = {**plan.files, **sources()}
        self._process = SubmissionProcess(sandbox, files, MAIN, ("begin",), frozenset(), LIMITS)
        self._checked(self._process.inspect())
        self._checked(self._process.load())
        self._checked(self._process.begin(plan.settings.seed))
        run = self._ask("begin", "", asdict(plan.settings), plan.own, plan.text)
        if not isinstance(run, Handle):
            raise _garbage()
        self._run = run

    def tree(self) -> Tree:
        match self._ask(self._run, "tree"):
            case [*rows] if 1 <= len(rows) <= MAX_ROWS:
                return [_row(row) for row in rows]
        raise _garbage()

    def missing_layers(self) -> list[str]:
        """What of the sandbox does not hold on this machine."""
        return [name for name, state in self._process.layers.items() if state == "missing"]

    def take_steps(self, count: int) -> list[Update]:
        match self._ask(self._run, "take_steps", count):
            case [*rows] if len(rows) == count:
                updates = [
                    _update(self._step + place, row) for place, row in enumerate(rows, start=1)
                ]
                self._step += count
                return updates
        raise _garbage()

    def state(self) -> dict[str, Tensor]:
        state = self._ask(self._run, "state")
        if not isinstance(state, dict) or not all(map(_is_weight, state.items())):
            raise _garbage()
        shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
        if self._shapes not in ({}, shapes):
            raise _garbage()
        self._shapes = shapes
        return state

    def restore(self, step: int, state: Mapping[str, Tensor]) -> None:
        self._ask(self._run, "restore", step, dict(state))
        self._step = step

    def write(self, source: Tensor) -> Tensor:
        match self._ask(self._run, "write", source):
            case Tensor(dtype=torch.int64) as tokens if tokens.shape == (
                source.size(0),
                source.size(1) + 1,
            ):
                return tokens
        raise _garbage()

    def write_text(self, prompt: str, max_new: int, seed: int) -> str:
        match self._ask(self._run, "write", prompt, max_new, 0.8, seed):
            case str(text):
                return printable(text[:MAX_WRITTEN])
        raise _garbage()

    def look(self, typed: str) -> Looked:
        match self._ask(self._run, "look", typed):
            case ([*read], [*written], [*maps]) if len(maps) <= MAX_ROWS:
                labels = _labels(read), _labels(written)
                sizes = set(map(len, labels))
                return *labels, [_map(item, sizes) for item in maps]
        raise _garbage()

    def close(self) -> None:
        self._process.close()

    def _ask(self, target: str | Handle, method: str, *args: Any) -> Any:
        self._process.renew()
        self._index += 1
        return self._checked(self._process.perform(Call(self._index, target, method, args)))

    def _checked(self, outcome: Value | Raised) -> Any:
        if isinstance(outcome, Raised):
            raise TrainingFailed(sentence(outcome))
        if isinstance(outcome.value, Finding):
            raise TrainingFailed(printable(describe_finding(outcome.value, MAIN, {})))
        return outcome.value


class ReferenceRun:
    """The reference's, from the learner's first weights. None of the learner's code runs."""

    def __init__(self, plan: Plan) -> None:
        torch.set_num_threads(1)
        settings = plan.settings
        self._model = reference_model(settings)
        self._run = SequenceRun(settings, Parts({}), self._model)

    def tree(self) -> Tree:
        return self._run.tree()

    def missing_layers(self) -> list[str]:
        return []

    def take_steps(self, count: int) -> list[Update]:
        first = self._run.step + 1
        return [Update(first + i, *row) for i, row in enumerate(self._run.take_steps(count))]

    def state(self) -> dict[str, Tensor]:
        return {name_in_stubs(name): tensor for name, tensor in self._run.state().items()}

    def restore(self, step: int, state: Mapping[str, Tensor]) -> None:
        try:
            named = {name: state[name_in_stubs(name)] for name in self._run.state()}
            self._run.restore(step, named)
        except (KeyError, RuntimeError):
            raise TrainingFailed(
                "The reference cannot take these weights: their names or shapes are others than the"
                " stubs say."
            ) from None

    def write(self, source: Tensor) -> Tensor:
        return self._run.write(source)

    def look(self, typed: str) -> Looked:
        try:
            return self._run.look(typed)
        except Misfit as misfit:
            raise TrainingFailed(str(misfit)) from None

    def write_text(self, prompt: str, max_new: int, seed: int) -> str:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held."""


def sentence(raised: Raised) -> str:
    """Why a run stopped, in the learner's words: which of their lines, and what it said."""
    if raised.type == "Misfit":
        return printable(raised.message)
    theirs = [frame for frame in raised.frames if not frame[0].startswith(PACKAGE)]
    text = describe(raised, "your model", LIMITS)
    if theirs:
        file, line, _, code = theirs[-1]
        text = f"{text} ({file}, line {line}: {code})"
    return printable(f"The run stopped. {text}")


def _garbage() -> TrainingFailed:
    return TrainingFailed("The run stopped. Your code wrote into the channel of the results.")


def _row(row: Any) -> tuple[str, str, str, int]:
    match row:
        case (str(name), str(kind), str(module), int(count)) if 0 <= count <= MAX_PARAMETERS:
            name, kind, module = (printable(text[:MAX_NAME]) for text in (name, kind, module))
            return name, kind, module, count
    raise _garbage()


def _labels(names: list[Any]) -> list[str]:
    if len(names) <= MAX_ROWS and all(isinstance(name, str) for name in names):
        return [printable(name[:MAX_LABEL]) for name in names]
    raise _garbage()


def _map(item: Any, sizes: Set[int]) -> tuple[str, Tensor]:
    """The weights of one module: (H, T, S), with T and S among the numbers of tokens."""
    match item:
        case (str(name), Tensor(dtype=torch.float32, ndim=3) as heads) if (
            1 <= heads.size(0) <= MAX_HEADS
            and sizes >= set(heads.shape[1:])
            and bool(heads.isfinite().all())
        ):
            return printable(name[:MAX_NAME]), heads
    raise _garbage()


def _update(step: int, row: Any) -> Update:
    match row:
        case (float(loss), float(rate), float(norm)):
            return Update(step, *map(_single, (loss, rate, norm)))
    raise _garbage()


def _single(number: float) -> float:
    """As in float32, of which a curve can be drawn: larger numbers are infinite."""
    return math.copysign(math.inf, number) if abs(number) > LARGEST else number


def _is_weight(item: tuple[Any, Any]) -> bool:
    name, tensor = item
    return (
        isinstance(name, str)
        and re.fullmatch(r"[\w.]{1,200}", name) is not None
        and name != "__metadata__"  # what safetensors keeps for itself
        and isinstance(tensor, Tensor)
        and tensor.dtype is torch.float32
        and math.prod(tensor.shape) <= MAX_PARAMETERS
    )
