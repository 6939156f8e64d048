"""A small executor whose processes are examiners.

Unlike `ProcessPoolExecutor` it does not import the caller's main module again, so a script may use
`Grader` without a `__main__` guard, and it starts its processes at once, so that torch is loading
while the caller still reads its files.
"""

import contextlib
import importlib
import os
import queue
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from grader.budget import Budget, Watch
from grader.errors import ExaminerLost

WATCH_SECONDS = 0.25  # between two looks at what an examiner has used
P = ParamSpec("P")
T = TypeVar("T")


class Process:
    """One child that runs functions; the pipe carries pickles, both ends being ours."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",  # no import from the current folder, which may hold a learner's files
                    "-c",
                    "from grader.executor import serve; serve()",
                    str(theirs.fileno()),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the command; this ends when the pipe does
            )
        self._pipe = Connection(ours.detach())

    def run(self, task: tuple[Any, ...], budget: Budget | None = None) -> Any:
        """Run one function there, within the budget; what it raises is raised here."""
        try:
            self._pipe.send(task)
            if budget is not None:
                self._watch(budget)
            succeeded, value = self._pipe.recv()
        except (EOFError, OSError):
            self.close()
            status = self._process.returncode
            raise ExaminerLost(f"The examining process ended (status {status}).") from None
        if succeeded:
            return value
        raise value

    def _watch(self, budget: Budget) -> None:
        """Wait for the answer; end the child where it takes more than the budget."""
        watch = Watch(self._process.pid, budget)
        while not self._pipe.poll(WATCH_SECONDS):
            if exceeded := watch.exceeded():
                self._process.kill()
                self.close()
                raise ExaminerLost(
                    f"Grading was ended: it took more than the {exceeded} that an examiner may use."
                )

    def end(self) -> None:
        """End the child, whatever it is doing; its zygote and workers end when it is gone."""
        self._process.terminate()

    def close(self) -> None:
        self.end()
        self._process.wait()
        self._pipe.close()


class ExaminerPool(Executor):
    """`jobs` processes. One that dies fails its task with `ExaminerLost` and is replaced."""

    def __init__(self, jobs: int = 1) -> None:
        self._threads = ThreadPoolExecutor(jobs)
        self._abandoned = False
        self._processes = {Process() for _ in range(jobs)}
        self._idle: queue.SimpleQueue[Process] = queue.SimpleQueue()
        for process in self._processes:
            self._idle.put(process)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._run, (fn, args, kwargs))

    def submit_within(
        self, budget: Budget, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As `submit`; one that takes more than the budget is ended, and fails."""
        return self._threads.submit(self._run, (fn, args, kwargs), budget)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        for process in self._processes:
            process.close()

    def abandon(self) -> None:
        """End what is running, too; its callers get `ExaminerLost`. Only `shutdown` remains."""
        self._abandoned = True
        for process in self._processes:
            process.end()

    def _run(self, task: tuple[Any, ...], budget: Budget | None = None) -> Any:
        process = self._idle.get()
        try:
            return process.run(task, budget)
        except ExaminerLost:
            if not self._abandoned:
                self._processes.remove(process)
                process = Process()
                self._processes.add(process)
            raise
        finally:
            self._idle.put(process)


def serve() -> None:
    """The child's side: run what comes through the pipe until it closes."""
    pipe = Connection(int(sys.argv[1]))
    os.set_inheritable(pipe.fileno(), False)
    warm_up()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            function, args, kwargs = pipe.recv()
            try:
                answer = True, function(*args, **kwargs)
            except Exception as error:
                answer = False, error
            pipe.send(answer)


def warm_up() -> None:
    """Load what every verdict needs; the zygote first, so that both load torch at once."""
    from grader.examiner.sandbox import shared_sandbox

    shared_sandbox("cpu")
    importlib.import_module("grader.examiner.examiner")
