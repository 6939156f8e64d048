"""The learner's side of one submission: a worker, and another when that one is lost."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor

from exercises.catalog import Limits
from grader.errors import GraderError, ProtocolError
from grader.examiner.exchange import Value, answer_to
from grader.examiner.replies import OUR_KINDS, read_reply
from grader.examiner.sandbox import START_SECONDS, Sandbox
from grader.examiner.usage import Usage, queued_seconds, usage_of
from grader.lockdown.limits import WorkerLimits
from grader.report import MAX_TEXT
from grader.worker.calls import Call, Raised, encode_call
from grader.worker.channel import Channel
from grader.worker.protocol import TooLarge, ValueEncoder, decode
from grader.worker.tracing import Steps

DYING_SECONDS = 0.1  # how long one that has hung up may take to end, and so to show how it ended
NOTICED = 0.01  # seconds that an answer takes before anybody asks where they went
MAX_RECEIVED = 256 << 20  # bytes of tensors in all answers together: we keep them for the diagnosis
LOST = OUR_KINDS | {"time"}  # kinds of `Raised` after which a test gets no more answers


class SubmissionProcess:
    """One submission on the untrusted side, for as long as it is graded.

    A worker that dies or hangs is replaced at the next test. Every method that runs the learner's
    code gives a `Value` or a `Raised`; it never raises what that code does. `SandboxLost` is raised
    where a worker is gone because what it came from has ended, which no learner's code can do.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        files: Mapping[str, str],
        main: str,
        entry: tuple[str, ...],
        forbidden: frozenset[str],
        limits: Limits,
    ) -> None:
        self._sandbox = sandbox
        self._files = dict(files)
        self._main = main
        self._entry = entry
        self._forbidden = forbidden
        self._limits = limits
        self._left = limits.total_seconds
        self._test_left = limits.seconds
        self._room = MAX_RECEIVED
        self._has_timed_out = False
        self._is_hurried = False
        self._is_cancelled = False
        self._seed: int | None = None
        self._pid = 0
        self._idle: Usage | None = None
        self._queued = (0.0, 0.0)  # what `_queued_now` said last
        self._channel: Channel | None = None
        self.layers: dict[str, str] = {}
        self.output = ""

    def start(self) -> None:
        """Have a worker, and know by which layers it is held; nothing of the learner's runs yet."""
        if self._channel is None:
            self._start()

    def inspect(self) -> Value | Raised:
        """Parse the files and look for forbidden calls; `Value(None)` where all is well."""
        self.start()
        forbidden = sorted(self._forbidden)
        return self._ask(
            {"op": "inspect", "files": self._files, "main": self._main, "forbidden": forbidden}
        )

    def load(self) -> Value | Raised:
        """Run the file. The value tells which entry points are missing."""
        self._test_left = self._limits.seconds
        return self._ask({"op": "load", "entry": list(self._entry)})

    def begin(self, seed: int) -> Value | Raised:
        """A new test: its own time, and a fresh worker if the last one was lost."""
        self._test_left = self._limits.seconds
        shared = seconds_after_timeout(self._limits)
        if self._has_timed_out and shared < self._left:
            self.hurry(shared)
            self._is_hurried = True
        self.output = ""
        if self._is_cancelled:
            return Raised("lost", "", "")
        if self._left <= 0:
            return Raised(self._overdue(), "", "")
        if self._channel is None:
            for outcome in (self.inspect(), self.load()):
                if isinstance(outcome, Raised):
                    self.close()  # it has nothing loaded, and can answer nothing
                    return outcome
        self._seed = seed  # goes with the test's first call, which saves a round trip
        return Value(None)

    def forget(self) -> None:
        """What the learner's code has kept until now is gone: the next test has a fresh worker."""
        self.close()

    def renew(self) -> None:
        """What comes next may take as much time and room as a test, in the same worker."""
        self._test_left = self._limits.seconds
        self._room = MAX_RECEIVED

    def add_helper(self, name: str, source: str) -> Value | Raised:
        return self._ask({"op": "helper", "name": name, "source": source})

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        """Make one call over there; `meanwhile` is run here while the worker is busy."""
        encoder = ValueEncoder()
        request = encode_call(call, encoder)
        outcome = self._ask(request, encoder.tensors, meanwhile)
        if isinstance(outcome, Raised):
            return outcome
        try:
            return answer_to(call, outcome.value, outcome.written)
        except ProtocolError:
            return self._lose("garbage")

    def usage(self) -> Usage | Raised | None:
        """What the learner's code has used so far, beyond a worker that has nothing loaded.

        None where that can never be seen from here: on a GPU, or where there is no Linux. A
        `Raised` where it could be, and the process, or its first thread, has ended since then.
        """
        if self._idle is None or self._sandbox.device != "cpu":
            return None
        used = usage_of(self._pid)
        if used is None:
            return self._lose("died")
        return Usage(used.seconds - self._idle.seconds, used.peak_bytes - self._idle.peak_bytes)

    def trace(self, call: Call) -> Steps | Raised:
        """Make one call over there, and be told of each tensor on its way."""
        encoder = ValueEncoder()
        request = {**encode_call(call, encoder), "op": "trace"}
        outcome = self._ask(request, encoder.tensors)
        return outcome.value if isinstance(outcome, Value) else outcome

    def hurry(self, seconds: float) -> None:
        """Leave no more than this for all that is still asked."""
        self._left = min(self._left, seconds)

    def allow(self, seconds: float) -> None:
        """Leave this for all that is still asked, whatever was left until now."""
        self._left = seconds

    def prepare_next(self) -> None:
        """Have a worker made for the next submission, which is likely to need one like ours."""
        self._sandbox.prepare(worker_limits(self._limits))

    def cancel(self) -> None:
        """Called by another thread: nobody waits any more. What is asked from now on is lost."""
        self._is_cancelled = True
        if channel := self._channel:
            channel.hang_up()

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            self._sandbox.drop(self._pid)

    def _start(self) -> None:
        self._pid, sock = self._sandbox.spawn(worker_limits(self._limits))
        self._channel = Channel(sock)
        try:
            document, _ = self._channel.receive(START_SECONDS)
        except (EOFError, OSError, ProtocolError):
            self._lose("died")
            raise GraderError(
                "A worker could not lock itself down. `grader doctor` says why."
            ) from None
        self.layers = decode(document["value"], {}, "cpu")
        self._idle = usage_of(self._pid)
        self._queued = self._queued_now()

    def _ask(
        self,
        request: dict[str, Any],
        tensors: Any = None,
        meanwhile: Callable[[], object] | None = None,
    ) -> Value | Raised:
        """One request and its reply, within what is left of the time; `meanwhile` is always run.

        The time in which other processes had the processors counts for nothing: on a busy machine a
        right answer would run out of it.
        """
        started = time.monotonic()
        seconds = min(self._test_left, self._left)
        outcome: Value | Raised | None = None
        try:
            outcome = self._send(request, tensors, seconds)
            if meanwhile:
                self._run(meanwhile)
            outcome = outcome or self._receive(request["op"], seconds)
            return outcome
        finally:
            spent = time.monotonic() - started
            if spent > NOTICED:
                before, self._queued = self._queued, self._queued_now()
                if not isinstance(outcome, Raised):  # who ran out of time has used it up
                    grown = zip(self._queued, before, strict=True)
                    spent -= min(spent, sum(max(0.0, now - then) for now, then in grown))
            self._test_left -= spent
            self._left -= spent

    def _queued_now(self) -> tuple[float, float]:
        """Of the worker, and of us."""
        return queued_seconds(self._pid), queued_seconds(os.getpid())

    def _send(self, request: dict[str, Any], tensors: Any, seconds: float) -> Raised | None:
        """Ask; or why nobody will answer. The worker may have ended since it answered last."""
        if self._channel is None or self._is_cancelled:
            return Raised("lost", "", "")
        if seconds <= 0:
            return self._lose(self._overdue())
        request = {**request, "seconds": seconds, "seed": self._seed}
        self._seed = None
        try:
            self._channel.send(request, tensors, seconds + self._sandbox.grace)
        except (OSError, TooLarge) as error:
            return self._lose(self._reason(error))
        return None

    def _receive(self, operation: str, seconds: float) -> Value | Raised:
        assert self._channel
        try:
            reply = self._channel.receive(seconds + self._sandbox.grace)
            outcome = self._read(operation, *reply)
        except (EOFError, OSError, ProtocolError, TooLarge) as error:
            return self._lose(self._reason(error))
        if isinstance(outcome, Raised) and outcome.kind == "time":
            self.close()  # interrupted anywhere, its state can be anything
            return replace(outcome, kind=self._overdue())
        return outcome

    def _reason(self, error: Exception) -> str:
        """The kind of `Raised` that a broken exchange is."""
        if isinstance(error, TimeoutError):
            return self._overdue()
        if isinstance(error, ProtocolError | TooLarge):
            return "garbage"
        return "lost" if self._is_cancelled else "died"

    def _overdue(self) -> str:
        """Whose time is up: the test's own, or what all of them share."""
        if self._test_left > self._left:
            return "hurried" if self._is_hurried else "budget"
        self._has_timed_out = True
        return "time"

    def _run(self, meanwhile: Callable[[], object]) -> None:
        """Our own work, whose failure must not leave a reply behind for the next question."""
        try:
            meanwhile()
        except BaseException:
            self.close()
            raise

    def _read(self, operation: str, document: Any, tensors: dict[str, Tensor]) -> Value | Raised:
        """A reply. The learner's code may have written it, so only its exact form is taken."""
        self._room -= sum(tensor.nbytes for tensor in tensors.values())
        answer, output = read_reply(operation, document, tensors, self._sandbox.device)
        self._note(output)
        if self._room < 0:
            return Raised("too_large", "", f"more than {MAX_RECEIVED >> 20} MB in all its answers")
        return answer

    def _note(self, output: str) -> None:
        self.output = (self.output + output)[:MAX_TEXT]

    def _lose(self, kind: str) -> Raised:
        """Give the worker up. If it died, the message is the signal's name or exit status."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
        status = self._sandbox.end(self._pid, DYING_SECONDS if kind == "died" else 0)
        return Raised(kind, "", _ending(status) if kind == "died" else "")


def worker_limits(limits: Limits) -> WorkerLimits:
    """What the kernel is to enforce on a worker, so that `limits` hold even if nobody watches."""
    # The examiner watches the clock; the limit on processor time holds if the examiner dies.
    return WorkerLimits(limits.total_seconds + 10, limits.memory_mb << 20)


def seconds_after_timeout(limits: Limits) -> float:
    """What all other tests have together, once one has run out of its time.

    Each of them may be just as endless, and somebody waits for the verdict. What takes milliseconds
    is not to fail for that, not even on a busy machine.
    """
    return max(1.0, limits.seconds / 5)


def _ending(status: int) -> str:
    """How a process ended: the name of the signal that killed it, or its exit status."""
    if not os.WIFSIGNALED(status):
        return str(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    return next((known.name for known in signal.Signals if known == number), f"signal {number}")
