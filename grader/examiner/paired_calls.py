"""Makes each call of a suite twice: on the learner's side, and on `solution.py` in our own process.

If the two differ in type, number of results, shape, dtype or device, the call raises a `Failure`,
so that a suite only ever sees values of the right form. What it asks for beside a result
(gradients, the arguments afterwards) counts for nothing beside a wrong one.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Never, Protocol

import torch
from torch import Tensor

from exercises.catalog import Limits
from grader.examiner.comparison import Differs, check_close, check_structure, same
from grader.examiner.display import kind_of, show
from grader.examiner.exchange import Exchange, Helper, Record, Value, answer_to
from grader.examiner.failure import Failure, TooCostly
from grader.examiner.failure_messages import describe
from grader.examiner.in_process import keep_objects
from grader.examiner.submission_process import LOST
from grader.examiner.usage import Usage
from grader.report import COUNTS_LATER
from grader.worker.calls import BESIDE, Call, LoadedModule, Raised, Want, name_of
from grader.worker.protocol import Handle
from grader.worker.values import leaves, mapped

RUNS_OF_OURS = 3  # of which the shortest counts
# An answer may hold so many numbers for each of the right one, and so many besides: what looks for
# reasons goes over all of them many times.
MAX_RATIO, MAX_SURPLUS = 16, 1 << 18


class Callee(Protocol):
    """The side that a suite calls: a `SubmissionProcess`, or an `InProcessCallee`."""

    output: str

    def begin(self, seed: int) -> Value | Raised: ...

    def forget(self) -> None: ...

    def perform(
        self, call: Call, meanwhile: Callable[[], object] | None = None
    ) -> Value | Raised: ...

    def add_helper(self, name: str, source: str) -> Value | Raised: ...

    def usage(self) -> Usage | Raised | None: ...


def replay(
    side: Callee, record: Record, until: Exchange | None = None
) -> Iterator[tuple[Exchange, Value | Raised]]:
    """Each call of a test, made again on `side`, which has begun it, with the answer it gives now.

    It ends before the call of `until`.
    """
    for step in record.log:
        if step is until:
            return
        if isinstance(step, Helper):
            side.add_helper(step.name, step.source)
        else:
            yield step, side.perform(step.call)


@dataclass(frozen=True)
class Gradients:
    """One for each positional argument (None where it is no floating tensor), and by name."""

    inputs: list[Any]
    parameters: dict[str, Tensor]


@dataclass(frozen=True)
class Cost:
    """What one call took, seen from outside the process that made it.

    `result` is right, or there would be none of this. `seconds` of processor time are those of the
    learner's code; `peak_bytes` is the most that it has held at once since it was loaded. Both are
    None where the system does not tell. `our_seconds` measures the solution when it is asked.
    """

    result: Any
    seconds: float | None
    our_seconds: Callable[[], float]
    peak_bytes: int | None


class PairedCalls:
    """Carries calls to both sides within one test, and remembers them for the diagnosis."""

    def __init__(self, learner: Callee, solution: LoadedModule, limits: Limits) -> None:
        self._learner = learner
        self._solution = solution
        self._limits = limits
        self._drew = False  # random numbers, for the last call
        self.log: list[Exchange | Helper] = []
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
        """Make the call on both sides; the learner's value in the form of the solution's.

        Where only forms are wanted, of named tensors: whether they are the same.
        """
        asked = _as_now((args, dict(kwargs), want, cotangent))
        call = Call(len(self.log), target, method, *asked)
        solved: list[Value] = []

        def ours() -> None:
            self.last_call = spell(call)
            solved.append(self._solve(call))

        outcome = self._learner.perform(call, meanwhile=ours)
        expected = solved[0]
        outcome = _bounded(outcome, expected)
        if isinstance(outcome, Value) and want in BESIDE:
            self._check_result(call, outcome, expected)
        outcome = _without_caches(outcome, call, expected)
        self.log.append(Exchange(call, outcome, expected, self._drew))
        if isinstance(outcome, Raised):
            self._fail(outcome, call)
        if want == "forms":
            return same(outcome.value, expected.value)
        if want == "gradients" and isinstance(outcome.value, dict):
            return self._gradients(outcome.value, expected.value)
        return self._checked(outcome.value, expected.value, what_of(call))

    def cost(
        self, target: str | Handle, method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Cost:
        """Make the call on both sides, and see what it costs. Only a right result counts."""
        before, logged = self._learner.usage(), len(self.log)
        try:
            value = self.perform(target, method, args, kwargs)
            exchange = self.log[-1]
        except Failure as error:
            self._fail_late(self.log[-1], error)
            raise
        finally:  # what a call costs tells no mistake from another: large ones are not made again
            del self.log[logged:]
        after = self._learner.usage()
        assert isinstance(exchange, Exchange) and isinstance(exchange.expected, Value)
        for used in (before, after):  # who has answered and is gone does not get away with it
            if isinstance(used, Raised):
                self._fail(used, exchange.call)
        try:
            check_close(value, exchange.expected.value)
        except Differs as error:
            message = f"What this costs {COUNTS_LATER}. {error}"
            raise Failure(message, self.last_call, error.got, error.expected) from None
        our_seconds = partial(self._least_seconds, exchange.call)
        if not isinstance(before, Usage) or not isinstance(after, Usage):
            return Cost(value, None, our_seconds, None)
        return Cost(value, after.seconds - before.seconds, our_seconds, after.peak_bytes)

    def expect_error(
        self, error: type[Exception], target: str | Handle, method: str, args: Any, kwargs: Any
    ) -> None:
        """Fail unless the learner's code raises `error` or a subclass."""
        call = Call(len(self.log), target, method, args, kwargs)
        self.last_call = spell(call)
        outcome = self._learner.perform(call)
        self.log.append(Exchange(call, outcome, Raised("exception", error.__name__, "")))
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
        self.log.append(Helper(name, source))
        if isinstance(outcome, Raised):
            raise Failure(describe(outcome, "", self._limits))
        return handle

    def _solve(self, call: Call) -> Value:
        """The solution's value, with what it made kept under the names that the worker will use."""
        before = torch.default_generator.get_state()
        performed = self._solution.perform(call)
        self._drew = _holds_generator(call) or not torch.equal(
            before, torch.default_generator.get_state()
        )
        kept = keep_objects(self._solution, performed, str(call.index))
        return answer_to(call, kept, self._solution.written)

    def _least_seconds(self, call: Call) -> float:
        """Processor time of the solution for a call that draws nothing and changes nothing.

        One run alone may be five times too long: a host that takes the processor away for a moment
        is counted, and so is a garbage collection. The limit would rise with it.
        """

        def once() -> float:
            started = time.thread_time()
            self._solution.perform(call)
            return time.thread_time() - started

        return min(once() for _ in range(RUNS_OF_OURS))

    def _check_result(self, call: Call, outcome: Value, expected: Value) -> None:
        """Fail where the result beside what was asked for is wrong: the log then tells of it alone.

        Gradients demand its form, since the suite looks at the gradients themselves. Arguments that
        are as they were demand its numbers, too: code that does nothing leaves them alone as well.
        Where numbers are drawn at random, ours tell nothing; a suite looks at a call beside it.
        """
        asked = replace(call, want="value", cotangent=None)
        opening = ""
        try:
            check_structure(outcome.result, expected.result, what_of(asked))
            is_left_alone = call.want == "inputs_after" and same(outcome.value, expected.value)
            if is_left_alone and not self._drew:
                opening = f"The arguments are left alone. That {COUNTS_LATER}. "
                check_close(outcome.result, expected.result)
        except Differs as error:
            got, due = (
                replace(each, value=each.result, result=None) for each in (outcome, expected)
            )
            self.log.append(Exchange(asked, got, due))
            message = f"{opening}{error}"
            raise Failure(
                message, self.last_call, error.got, error.expected, comparison=error.comparison
            ) from None

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

    def _fail_late(self, step: Exchange | Helper, error: Failure) -> None:
        """Fail by what it costs where the last call has run out of time."""
        if isinstance(step, Exchange) and isinstance(step.got, Raised) and step.got.kind == "time":
            ours = self._least_seconds(step.call)
            message = f"{error.message} Ours took {ours:.2g} s of processor time."
            raise TooCostly(message, self.last_call, in_time=False) from None

    def _fail(self, outcome: Raised, call: Call) -> Never:
        message = describe(outcome, name_of(call), self._limits)
        raise Failure(message, self.last_call, frames=outcome.frames)


def _bounded(outcome: Value | Raised, expected: Value) -> Value | Raised:
    """An answer that is not out of all proportion to the right one."""
    if isinstance(outcome, Raised):
        return outcome
    count, due = _count(outcome), _count(expected)
    if count <= MAX_RATIO * due + MAX_SURPLUS:
        return outcome
    return Raised("too_large", "", f"{count:,} numbers, where {due:,} are expected")


def _count(answer: Value) -> int:
    """How many numbers the tensors of an answer hold."""
    held = leaves((answer.value, answer.result))
    return sum(leaf.numel() for _, leaf in held if isinstance(leaf, Tensor))


def _without_caches(outcome: Value | Raised, call: Call, expected: Value) -> Value | Raised:
    """An answer without the buffers that only the learner's module has, which are welcome."""
    if call.method not in ("state_dict", "named_buffers") or not isinstance(outcome, Value):
        return outcome
    if not isinstance(outcome.value, dict):
        return outcome
    shared = {name: item for name, item in outcome.value.items() if name in expected.value}
    return Value(shared)


def _holds_generator(call: Call) -> bool:
    given = leaves((call.args, dict(call.kwargs)))
    return any(isinstance(leaf, Handle) and leaf.type == "Generator" for _, leaf in given)


def _as_now(value: Any) -> Any:
    """A copy: a suite may change its tensors afterwards, and the log tells what was asked."""
    return mapped(lambda leaf, path: leaf.clone() if isinstance(leaf, Tensor) else leaf, value)


def what_of(call: Call) -> str:
    """What a structural difference is about."""
    if call.want == "inputs_after":
        return "The inputs after the call"
    if call.want == "dict":
        assert isinstance(call.target, Handle)
        return f"`{call.target.type}` and its {call.method.removeprefix('named_')}"
    return f"The result of `{name_of(call)}`"


def spell(call: Call) -> str:
    """The call as a learner would write it, with values where they are short."""
    parts = [show(arg) for arg in call.args]
    parts += [f"{name}={show(arg)}" for name, arg in call.kwargs.items()]
    suffix = {"gradients": "  and its gradients", "inputs_after": "  and its inputs afterwards"}
    name = name_of(call)
    if isinstance(call.target, Handle):  # made by an earlier call, whose arguments are not these
        name = name.replace(call.target.type, f"{call.target.type}(…)", 1)
    return f"{name}({', '.join(parts)}){suffix.get(call.want, '')}"
