"""The process that stays warm. It ends when nobody has asked for ten minutes, when the course is no
longer the one that it has loaded, when its workspace is gone, and by `learn stop`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from types import FrameType
from typing import Any

from exercises.errors import CourseError
from grader.errors import GraderError
from grader.grader import Grader
from grader.report import Report
from grader.submission import Submission
from tui.warm_grader.wire import (
    LOCK,
    SOCKET,
    HungUp,
    address,
    course_version,
    receive,
    send,
    submission_of,
)

IDLE_SECONDS = 600.0
LOOKS_EVERY = 1.0  # seconds between two looks at whether to end
WAITS_FOR_ANOTHER = 10.0


def main(state: str, idle_seconds: str = str(IDLE_SECONDS)) -> None:
    """Serve the workspace whose `.learn` is `state`, unless somebody does already."""
    with _alone(Path(state)) as is_alone:
        if is_alone:
            signal.signal(signal.SIGTERM, _end)
            with Grader() as grader:
                Server(Path(state), grader, float(idle_seconds)).run()


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # ends the examiner at once, too


@contextlib.contextmanager
def _alone(state: Path) -> Iterator[bool]:
    """Whether this is the only one; one that is about to end is waited for.

    The kernel lets go of the lock, however a process ends.
    """
    deadline = time.monotonic() + WAITS_FOR_ANOTHER
    with (state / LOCK).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if (state / SOCKET).exists() or time.monotonic() > deadline:
                    yield False
                    return
                time.sleep(0.01)
            else:
                yield True
                return


class Server:
    def __init__(self, state: Path, grader: Grader, idle_seconds: float) -> None:
        self._state = state
        self._grader = grader
        self._idle_seconds = idle_seconds
        self._versions: dict[str | None, str] = {None: course_version(None)}
        self._last = time.monotonic()
        self._busy = 0
        self._turn = threading.Lock()
        self._listening = self._listen()

    def run(self) -> None:
        """Answer until it is time to end."""
        with contextlib.suppress(OSError):  # accept() fails when there is nothing to listen to
            while not self._is_due():
                with contextlib.suppress(TimeoutError):
                    connection, _ = self._listening.accept()
                    threading.Thread(target=self._serve, args=[connection], daemon=True).start()
        self._close()

    def _close(self) -> None:
        """Who asks from now on starts the next one."""
        (self._state / SOCKET).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # which wakes `accept`

    def _listen(self) -> socket.socket:
        (self._state / SOCKET).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            with address(self._state) as name:
                listening.bind(name)
        finally:
            os.umask(before)
        listening.listen()
        listening.settimeout(LOOKS_EVERY)
        return listening

    def _is_due(self) -> bool:
        with self._turn:
            is_idle = not self._busy and time.monotonic() - self._last > self._idle_seconds
        return is_idle or not (self._state / SOCKET).exists()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(HungUp), self._counted():
            asked = receive(connection)
            if asked.get("stop"):
                self._close()
            elif asked.get("version") != self._version(asked.get("course")):
                self._close()
                send(connection, {"outdated": True})
            else:
                send(connection, self._answer(connection, submission_of(asked)))

    def _version(self, course: str | None) -> str:
        """Of what is loaded: a teacher's own course is from when it is first asked for, and empty
        where our code is another one by then."""
        with self._turn:
            if course not in self._versions:
                is_same = course_version(None) == self._versions[None]
                self._versions[course] = course_version(course) if is_same else ""
            return self._versions[course]

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._turn:
            self._busy += 1
        try:
            yield
        finally:
            with self._turn:
                self._busy -= 1
                self._last = time.monotonic()

    def _answer(self, connection: socket.socket, submission: Submission) -> dict[str, Any]:
        try:
            running = self._grader.submit(submission)
            threading.Thread(
                target=_cancel_when_alone, args=(connection, running), daemon=True
            ).start()
            return {"report": self._grader.result(submission, running).to_dict()}
        except CancelledError:
            raise HungUp from None
        except (GraderError, CourseError) as error:
            return {"error": type(error).__name__, "says": str(error)}


def _cancel_when_alone(connection: socket.socket, running: Future[Report]) -> None:
    """A client says nothing more; when it hangs up, nobody waits any more."""
    with contextlib.suppress(HungUp):
        receive(connection)
    running.cancel()
