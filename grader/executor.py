"""A small executor whose processes are examiners.

Unlike `ProcessPoolExecutor` it does not import the caller's main module again, so a script may use
`Grader` without a `__main__` guard; it starts a process at once, so that torch is loading while the
caller still reads its files; and what is running can be cancelled.

    caller ── submit ──► Task ──► a thread for each process ── function ──► main thread of the child
       └───── Task.cancel ──────────────────────────────────── CANCEL ────► its listening thread
"""

import contextlib
import gc
import importlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, ParamSpec, TypeVar

from grader.budget import Budget, Watch
from grader.cancellation import Cancellation, cancelled_by
from grader.errors import Cancelled, ExaminerLost
from grader.examiner.sandbox import shared_sandbox
from grader.sandbox_owner import SandboxOwner
from grader.worker.fork import Fork

WATCH_SECONDS = 0.25  # between two looks at what an examiner has used
PATIENCE = 5.0  # seconds that a task waits for a process before there is another
STARTING = 3.0  # seconds that a process takes to start, or more
# A verdict makes many objects, and hardly a cycle that holds one: at 700 the search takes 6 %.
OBJECTS_BEFORE_COLLECTING = 20_000
P = ParamSpec("P")
T = TypeVar("T")
Work = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
CANCEL = "cancel"


class Process:
    """One child that runs functions; the pipe carries pickles, both ends being ours.

    `seconds` is how long it worked for its last answer.
    """

    def __init__(self) -> None:
        self.is_ready = False
        self.seconds = 0.0
        self._child = SandboxOwner("grader.executor")
        self._pipe = Connection(os.dup(self._child.socket.fileno()))

    def send(self, message: Work | str) -> None:
        with contextlib.suppress(OSError):  # a child that has ended is noticed by `answer`
            self._pipe.send(message)

    def answer(self, budget: Budget | None = None) -> Any:
        """What the function returns there, within the budget; what it raises is raised here."""
        try:
            if not self.is_ready:
                self.is_ready = self._pipe.recv()
            began = time.monotonic()
            if budget is not None:
                self._watch(budget)
            succeeded, value = self._pipe.recv()
            self.seconds = time.monotonic() - began
        except (EOFError, OSError):
            self._child.end()
            raise ExaminerLost(
                f"The examining process ended (status {self.close()}), as it does where the system"
                " has no memory left, or somebody ends it. Try again."
            ) from None
        if succeeded:
            return value
        raise value

    def _watch(self, budget: Budget) -> None:
        """Wait for the answer; end the child where it takes more than the budget."""
        watch = Watch(self._child.pid, budget)
        while not self._pipe.poll(WATCH_SECONDS):
            if exceeded := watch.exceeded():
                self._child.end()
                self.close()
                raise ExaminerLost(
                    f"Grading was ended: it took more than the {exceeded} that an examiner may use."
                )

    def end(self) -> None:
        self._child.end()

    def close(self) -> int:
        self._pipe.close()
        return self._child.close()


class Task(Future[T]):
    """One function for one process. Unlike other futures it can be cancelled while it runs."""

    def __init__(self, work: Work, budget: Budget | None = None) -> None:
        super().__init__()
        self._work = work
        self._budget = budget
        self._process: Process | None = None
        self._is_cancelled = False
        self._turn = Lock()

    def cancel(self) -> bool:
        """Nobody waits for it any more. If it runs, its result is a `CancelledError` in a moment.

        False where it is done.
        """
        if self.cancel_unless_running():
            return True
        with self._turn:
            self._is_cancelled = True
            if self._process:
                self._process.send(CANCEL)
        return not self.done()

    def cancel_unless_running(self) -> bool:
        """What `cancel` means elsewhere."""
        return super().cancel()

    def run(self, process: Process) -> None:
        """Let `process` do it. Raises `ExaminerLost` where that has ended."""
        if not self.set_running_or_notify_cancel():
            return
        try:
            with self._lent(process):
                result = process.answer(self._budget)
        except Cancelled:
            self.set_exception(CancelledError())
        except BaseException as error:
            self.set_exception(error)
            if isinstance(error, ExaminerLost):
                raise
        else:
            self.set_result(result)

    @contextlib.contextmanager
    def _lent(self, process: Process) -> Iterator[None]:
        """Only within this is a cancellation sent, so that it meets no other task."""
        with self._turn:
            if self._is_cancelled:
                raise Cancelled
            process.send(self._work)
            self._process = process
        try:
            yield
        finally:
            with self._turn:
                self._process = None


class ExaminerPool(Executor):
    """At most `jobs` processes. One that dies fails its task with `ExaminerLost` and is replaced.

    To start one takes as long as some fifty verdicts, and two start more slowly than one. So
    another starts where all that waits would take longer than that, or one task has waited long.
    """

    def __init__(self, jobs: int = 1) -> None:
        self._jobs = jobs
        self._threads = ThreadPoolExecutor(jobs)
        self._tasks: set[Task[Any]] = set()
        self._abandoned = False
        self._growth = Lock()
        self._processes: set[Process] = set()
        self._idle: SimpleQueue[Process] = SimpleQueue()
        self._add()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._start(Task((fn, args, kwargs)))

    def submit_within(
        self, budget: Budget, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """As `submit`; one that takes more than the budget is ended, and fails."""
        return self._start(Task((fn, args, kwargs), budget))

    def _start(self, task: Task[T]) -> Task[T]:
        self._threads.submit(self._run, task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait=False)
        for task in tuple(self._tasks) if cancel_futures else ():
            task.cancel_unless_running()
        self._threads.shutdown(wait)
        for process in self._processes:
            process.close()

    def abandon(self) -> None:
        """End what is running, too; its callers get `ExaminerLost`. Only `shutdown` remains."""
        with self._growth:
            self._abandoned = True
        for process in tuple(self._processes):
            process.end()

    def _run(self, task: Task[Any]) -> None:
        process = self._take()
        try:
            task.run(process)
        except ExaminerLost:
            with self._growth:  # or another thread would take the place of the lost one
                if not self._abandoned:
                    self._processes.remove(process)
                    process = Process()
                    self._processes.add(process)
        finally:
            self._idle.put(process)
        if len(self._tasks) * process.seconds > len(self._processes) * STARTING:
            self._grow()

    def _take(self) -> Process:
        while True:
            with contextlib.suppress(Empty):
                return self._idle.get(timeout=PATIENCE)
            if any(process.is_ready for process in tuple(self._processes)):
                self._grow()

    def _grow(self) -> None:
        """Start one more for what waits; where the system has none to give, it waits longer."""
        with self._growth, contextlib.suppress(OSError):
            if len(self._processes) < min(self._jobs, len(self._tasks)) and not self._abandoned:
                self._add()

    def _add(self) -> None:
        process = Process()
        self._processes.add(process)
        self._idle.put(process)


def main(descriptor: str, zygote: Fork | None) -> None:
    """The child's side: run what comes through the pipe until it closes."""
    shared_sandbox("cpu", zygote)
    pipe = Connection(int(descriptor))
    tasks: SimpleQueue[tuple[Work, Cancellation] | None] = SimpleQueue()
    Thread(target=_listen, args=(pipe, tasks), daemon=True).start()
    gc.disable()  # as a child does for what it imports before
    importlib.import_module("grader.examiner.examiner")  # what every verdict needs
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    gc.enable()
    with contextlib.suppress(OSError):  # nobody reads an answer
        pipe.send(True)  # ready
        while task := tasks.get():
            (function, args, kwargs), cancellation = task
            try:
                with cancelled_by(cancellation):
                    answer = True, function(*args, **kwargs)
            except Exception as error:
                answer = False, error
            pipe.send(answer)


def _listen(pipe: Connection, tasks: "SimpleQueue[tuple[Work, Cancellation] | None]") -> None:
    """Hear of a cancellation while the main thread is at work; None is the end."""
    cancellation = Cancellation()
    try:
        while True:
            if (message := pipe.recv()) == CANCEL:
                cancellation.ask()
            else:
                cancellation = Cancellation()
                tasks.put((message, cancellation))
    except (EOFError, OSError):
        cancellation.ask()  # whoever asked is gone
    finally:
        tasks.put(None)
