"""The warm parent of all workers: torch and numpy loaded, one thread, nothing secret in memory.

It holds no submission, no suite and no reference, and has an empty environment. On request it forks
a worker and passes the examiner one end of a socket pair that leads to it. When the examiner has
other things to do, it asks for a spare one, so that the next submission does not wait for `fork`.
"""

import contextlib
import ctypes
import gc
import json
import locale
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy
import torch

from grader.lockdown.lockdown import Plan, WorkerLimits, prepare, readable_roots
from grader.worker.surroundings import stand_in
from grader.worker.worker import loaded_late, serve

M_MMAP_THRESHOLD = -3  # of malloc.h


def main(control_fd: str, device: str) -> None:
    """Serve the examiner's requests until the examiner is gone; then no worker outlives us."""
    control = socket.socket(fileno=int(control_fd))
    offer_ourselves()
    give_memory_back()
    warm_up()
    plan = prepare(readable_roots(), device)
    stand_in()
    gc.collect()
    gc.freeze()
    spawner = WorkerSpawner(plan, device, control)
    try:
        for message in requests(control):
            match message:
                case {"op": "spawn", "limits": limits}:
                    pid, sock = spawner.take(WorkerLimits(**limits))
                    socket.send_fds(control, [json.dumps({"pid": pid}).encode()], [sock.fileno()])
                    sock.close()
                case {"op": "prepare", "limits": limits, "modules": modules}:
                    load(modules)
                    spawner.prepare(WorkerLimits(**limits))
                case {"op": "end", "pid": pid, "grace": grace}:
                    status = spawner.end(pid, grace)
                    control.send(json.dumps({"status": status}).encode())
                case {"op": "drop", "pid": pid}:
                    spawner.drop(pid)
    finally:
        spawner.close()


def offer_ourselves() -> None:
    """Where memory runs out, the system is to end us or a worker, not the examiner or its owner."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def give_memory_back() -> None:
    """Have what is freed given back to the system.

    By default glibc keeps it for later; whether a later tensor fits in there is chance, and a loop
    over blocks then holds as much at once as the whole. Source: mallopt(3), M_MMAP_THRESHOLD.
    """
    with contextlib.suppress(AttributeError):  # another library than glibc
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 128 << 10)


def warm_up() -> None:
    """Run what is prepared on first use, before files and /proc are out of reach."""
    with contextlib.suppress(locale.Error):  # a system without the one that our environment names
        locale.setlocale(locale.LC_ALL, "")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    probe = torch.ones(2, 2, requires_grad=True)
    torch.autograd.grad((probe @ probe).softmax(-1).sum(), probe)
    numpy.ones(2).sum()


def load(modules: list[str]) -> None:
    """Import what every worker would import for itself otherwise."""
    if any(name not in sys.modules for name in modules):
        before = set(sys.modules)
        for name in modules:
            import_module(name)
        loaded_late.update(set(sys.modules) - before)
        gc.freeze()


def requests(control: socket.socket) -> Iterator[dict[str, Any]]:
    """One JSON document a line, until the examiner is gone."""
    with contextlib.suppress(ConnectionError):
        for line in control.makefile("rb"):
            yield json.loads(line)


def wait(pid: int, options: int = 0) -> tuple[int, int]:
    """As `os.waitpid`. A child that the signal handler has buried in the meantime is gone, too."""
    try:
        return os.waitpid(pid, options)
    except ChildProcessError:
        return pid, 0


class WorkerSpawner:
    """Forks workers. One may be made ahead: locked down, rehearsed and waiting."""

    def __init__(self, plan: Plan, device: str, control: socket.socket) -> None:
        self._plan = plan
        self._device = device
        self._control = control
        self._children: set[int] = set()
        self._dropped: set[int] = set()
        self._spare: tuple[WorkerLimits, int, socket.socket] | None = None
        signal.signal(signal.SIGCHLD, self.bury)

    def take(self, limits: WorkerLimits) -> tuple[int, socket.socket]:
        """A fresh worker: its process id, and the examiner's end of the channel to it."""
        self.prepare(limits)
        assert self._spare is not None
        _, pid, sock = self._spare
        self._spare = None
        return pid, sock

    def prepare(self, limits: WorkerLimits) -> None:
        """Have a worker with these limits waiting."""
        if self._spare is not None:
            known, pid, sock = self._spare
            if known == limits and not wait(pid, os.WNOHANG)[0]:  # the system may have ended it
                return
            sock.close()
            self.end(pid)
        self._spare = (limits, *self._fork(limits))

    def end(self, pid: int, grace: float = 0) -> int:
        """Kill a worker that has not ended by itself after `grace` seconds.

        Gives its wait status, or 0 where it had to be killed or is none of ours.
        """
        if pid not in self._children:
            return 0
        deadline = time.monotonic() + grace
        done, status = wait(pid, os.WNOHANG)
        while not done and time.monotonic() < deadline:
            time.sleep(0.001)
            done, status = wait(pid, os.WNOHANG)
        if not done:
            os.kill(pid, signal.SIGKILL)
            wait(pid)
        self._children.discard(pid)
        return status

    def drop(self, pid: int) -> None:
        """Kill a worker, and bury it when it is gone: giving back its memory takes 4 ms."""
        if pid in self._children:
            os.kill(pid, signal.SIGKILL)
            self._dropped.add(pid)
            self.bury()  # it may have ended by itself when its channel was closed

    def bury(self, *_: object) -> None:
        """Take note of dropped workers that are gone; called when a child has ended."""
        for pid in list(self._dropped):
            if wait(pid, os.WNOHANG)[0]:
                self._dropped.discard(pid)
                self._children.discard(pid)

    def close(self) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for pid in list(self._children):
            self.end(pid)

    def _fork(self, limits: WorkerLimits) -> tuple[int, socket.socket]:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                self._control.close()
                ours.close()
                serve(theirs, self._plan, limits, self._device)
            except EOFError:
                status = 0
            finally:
                os._exit(status)
        theirs.close()
        self._children.add(pid)
        return pid, ours
