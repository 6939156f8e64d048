"""A `Grader` whose examiner belongs to the workspace, and stays when a command ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from exercises.errors import CourseError
from grader import errors
from grader.grader import Grader
from grader.report import Report
from grader.submission import Submission
from tui.warm_grader.wire import HungUp, address, receive, request, send

STARTS_WITHIN = 10.0  # seconds until a new server listens; it loads torch after that
PAUSE = 0.01
# -P: no import from the current folder, which may hold a learner's files
SERVER = (sys.executable, "-P", "-c")
PROGRAM = "import sys; from tui.warm_grader.server import main; main(*sys.argv[1:])"


@contextmanager
def warm_grader(state: Path) -> Iterator[Grader]:
    """The grader of the workspace whose `.learn` is `state`: its warm one where it may have one,
    else one of the command's own."""
    if not may_stay(state):
        with Grader() as grader:
            yield grader
        return
    with WarmExaminer(state) as examiner, Grader(executor=examiner) as grader:
        yield grader


def may_stay(state: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a process may outlive its command: not in CI, and not in a folder of another user."""
    if environment.get("CI") or not hasattr(socket, "AF_UNIX"):
        return False
    with suppress(OSError):
        return state.stat().st_uid == os.getuid()
    return False


def stop(state: Path) -> bool:
    """End the warm examiner; False where there is none."""
    try:
        connection = _connected(state)
    except OSError:
        return False
    with connection, suppress(HungUp):
        send(connection, {"stop": True})
        receive(connection)  # it hangs up, and ends
    return True


class WarmExaminer(Executor):
    """Does what `grader.grade` does, in the workspace's warm process; starts that if need be."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._running: set[Asked] = set()
        self._is_starting = not _is_listening(state)
        if self._is_starting:
            _start(state)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """`fn` is `grader.grade`: the server has its own."""
        (submission,) = args
        asked = Asked(self._connect, submission)
        self._running.add(asked)
        asked.add_done_callback(self._running.discard)
        Thread(target=asked.run, daemon=True).start()
        return asked

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """What was asked is taken back; the process stays."""
        for asked in tuple(self._running):
            asked.cancel()

    def _connect(self, anew: bool) -> socket.socket:
        """Raises OSError where nobody listens, also not in a while."""
        if anew:
            _start(self._state)
            self._is_starting = True
        deadline = time.monotonic() + STARTS_WITHIN * self._is_starting
        while True:
            try:
                return _connected(self._state)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE)


class Asked(Future[Report]):
    """One submission on its way. As a task of `ExaminerPool`, it can be cancelled while it runs."""

    def __init__(self, connect: Callable[[bool], socket.socket], submission: Submission) -> None:
        super().__init__()
        self._connect = connect
        self._submission = submission
        self._connection: socket.socket | None = None
        self._is_cancelled = False
        self._turn = Lock()

    def cancel(self) -> bool:
        with self._turn:
            self._is_cancelled = True
            if self._connection:
                with suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)
        return not self.done()

    def run(self) -> None:
        """Ask; a server that is gone or outdated is replaced without a word, once."""
        self.set_running_or_notify_cancel()
        try:
            answer = self._answer(anew=False) or self._answer(anew=True)
            if answer is None:
                raise errors.ExaminerLost("The warm grader ended before it answered. Try again.")
            self.set_result(_report(answer))
        except BaseException as error:
            self.set_exception(CancelledError() if self._is_cancelled else error)

    def _answer(self, anew: bool) -> dict[str, Any] | None:
        """None where there is nobody who can answer."""
        try:
            connection = self._connect(anew)
        except OSError:
            return None
        with connection, suppress(HungUp), self._open(connection):
            send(connection, request(self._submission))
            answer = receive(connection)
            return None if answer.get("outdated") else answer
        return None

    @contextmanager
    def _open(self, connection: socket.socket) -> Iterator[None]:
        """Only within this is a cancellation told to the other side."""
        with self._turn:
            if self._is_cancelled:
                raise CancelledError
            self._connection = connection
        try:
            yield
        finally:
            with self._turn:
                self._connection = None


def _report(answer: Mapping[str, Any]) -> Report:
    if "report" in answer:
        return Report.from_dict(answer["report"])
    kind = getattr(errors, str(answer["error"]), None) or CourseError
    raise kind(answer["says"])


def _connected(state: Path) -> socket.socket:
    """Raises OSError where nobody listens, or somebody who is not of the same user."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        with address(state) as name:
            if Path(name).stat().st_uid != os.getuid():
                raise PermissionError
            connection.connect(name)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_listening(state: Path) -> bool:
    with suppress(OSError), _connected(state):
        return True
    return False


def _start(state: Path) -> None:
    """Of several that are started at once, one stays."""
    subprocess.Popen(
        [*SERVER, PROGRAM, str(state)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
