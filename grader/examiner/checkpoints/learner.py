"""One answer of the learner's in a worker, asked for its function or its module."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

import torch
from torch import Tensor

from exercises.catalog import Exercise
from grader.examiner.display import kind_of
from grader.examiner.examiner import decode_files, open_submission
from grader.examiner.failure_messages import describe
from grader.examiner.sandbox import Sandbox
from grader.examiner.submission_process import SubmissionProcess
from grader.report import Problem
from grader.submission import Submission
from grader.worker.calls import Call, Raised, name_of
from grader.worker.protocol import Handle, RecordValue
from grader.worker.tensors import MAX_TENSORS
from grader.worker.values import leaves

# A layer of a published model is larger than anything that a suite asks.
SECONDS, TOTAL_SECONDS, MEMORY_MB = 30.0, 600.0, 3072


class PartFailed(Exception):
    """The learner's code did not give a result of the right form; the text says what it did."""


class NoRoom(Exception):
    """Something of this model is larger than what may be sent to a worker at once."""


class Learner:
    """Holds a worker for one answer, at most for `seconds`; to be closed, as with `with`."""

    def __init__(
        self, sandbox: Sandbox, exercise: Exercise, files: Mapping[str, str | bytes], seconds: int
    ) -> None:
        self._exercise = exercise
        self._files = files
        self._limits = replace(
            exercise.limits,
            seconds=SECONDS,
            total_seconds=min(TOTAL_SECONDS, seconds),
            memory_mb=MEMORY_MB,
        )
        self._sandbox = sandbox
        self._process: SubmissionProcess | None = None
        self._index = 0

    def __enter__(self) -> "Learner":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.close()

    @property
    def layers(self) -> dict[str, str]:
        """By which layers of the sandbox the worker is held."""
        return dict(self._process.layers) if self._process else {}

    def open(self) -> None:
        """Run the file over there. Raises `PartFailed` where it cannot be, or lacks something."""
        exercise = self._exercise
        instead = {name: rule.instead for rule in exercise.forbidden for name in rule.names}
        main = f"{exercise.id}.py"
        files = decode_files(Submission(exercise.id, self._files))
        if isinstance(files, Problem):
            raise PartFailed(files.message)
        self._process = SubmissionProcess(
            self._sandbox, files, main, exercise.entry, frozenset(instead), self._limits
        )
        self._process.start()
        if problem := open_submission(self._process, main, instead, self._limits):
            raise PartFailed(problem.message)

    def function(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """What the learner's function gives."""
        self._begin()
        return self._call(name, "", args, kwargs)

    def helped(self, name: str, helper: str, helper_name: str, *args: Any) -> Any:
        """As `function`, for one that takes a function as its last argument, which is ours."""
        return self._call(name, "", (*args, self._helper(helper, helper_name)), {})

    def by_helper(self, helper: str, helper_name: str, *args: Any) -> Any:
        """What a function of ours gives over there, which may import the learner's file."""
        return self._call(self._helper(helper, helper_name), "", args, {})

    def _helper(self, source: str, name: str) -> Handle:
        self._begin()
        if isinstance(outcome := self._open().add_helper("ours", source), Raised):
            raise PartFailed(describe(outcome, name, self._limits))
        return Handle(f"ours:{name}", name)

    def module(
        self, name: str, arguments: tuple[Any, ...], weights: Mapping[str, Tensor]
    ) -> Callable[..., Any]:
        """The learner's module in float64 with these weights, to be called once.

        It lives over there until the next one is asked for, so that one layer is held at a time.
        """
        self._begin()
        module = self._kept(name, self._call(name, "", arguments, {}))
        module = self._kept(name, self._call(module, "to", (torch.float64,), {}))
        for key, weight in weights.items():  # one at a time: all may be too large for one frame
            loaded = self._call(module, "load_state_dict", ({key: weight}, False), {})
            if unexpected(loaded):
                raise PartFailed(f"`{name}` has no parameter {key}. Keep the stub's names.")
        return lambda *args: self._call(module, "", args, {})

    def _begin(self) -> None:
        if isinstance(outcome := self._open().begin(seed=0), Raised):
            raise PartFailed(describe(outcome, self._exercise.entry[0], self._limits))

    def _open(self) -> SubmissionProcess:
        if self._process is None:
            self.open()
        assert self._process
        return self._process

    def _call(
        self, target: str | Handle, method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        given = (leaf for _, leaf in leaves((args, dict(kwargs))) if isinstance(leaf, Tensor))
        if sum(tensor.nbytes for tensor in given) > MAX_TENSORS:
            raise NoRoom(f"it is too large here: {MAX_TENSORS >> 20} MB can be sent at once.")
        self._index += 1
        call = Call(self._index, target, method, args, kwargs)
        outcome = self._open().perform(call)
        if isinstance(outcome, Raised):
            raise PartFailed(describe(outcome, name_of(call), self._limits))
        return outcome.value

    @staticmethod
    def _kept(name: str, value: Any) -> Handle:
        if not isinstance(value, Handle):
            raise PartFailed(f"`{name}` should make a module, and made {kind_of(value)}.")
        return value


def unexpected(loaded: Any) -> bool:
    """Whether `load_state_dict` found no parameter of that name. The learner's code may answer."""
    keys = getattr(loaded, "unexpected_keys", None) if isinstance(loaded, RecordValue) else None
    return isinstance(keys, list) and len(keys) > 0


def like(value: Any, expected: Tensor, name: str) -> Tensor:
    """`value`, if it is a tensor of the expected shape and of a kind that can be computed with."""
    if not isinstance(value, Tensor):
        raise PartFailed(f"`{name}` gives {kind_of(value)}, not a tensor.")
    if value.shape != expected.shape:
        raise PartFailed(
            f"`{name}` gives the shape {tuple(value.shape)} where {tuple(expected.shape)} is due."
        )
    return value.to(expected.dtype)


def first(value: Any, name: str) -> Any:
    """The first of two results."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise PartFailed(f"`{name}` gives {kind_of(value)}, not two results.")
    return value[0]
