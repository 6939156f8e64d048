"""The examiner's hold on the untrusted side: a zygote, which forks a worker for each submission.

No torch here: the zygote is started first, so that it loads torch at the same time as the examiner.
"""

import atexit
import contextlib
import json
import os
import socket
import sys
from dataclasses import asdict
from functools import cache
from typing import Any

from grader.child import Child
from grader.errors import GraderError
from grader.lockdown import privileges
from grader.lockdown.limits import WorkerLimits

START_SECONDS = 60.0
GRACE_SECONDS = 0.5
LATE_MODULES = ("torch._dynamo",)  # which torch loads with the first optimiser: 1.6 s


class Sandbox:
    """Starts the zygote; hands out fresh workers.

    `grace` is how many seconds a worker gets to report its own time-out before it is killed.
    """

    def __init__(self, device: str = "cpu", grace: float = GRACE_SECONDS) -> None:
        privileges.keep_to_oneself()  # before there is a worker that could look into us
        self.device = device
        self.grace = grace
        self._start()

    def _start(self) -> None:
        environment = _environment(self.device)
        self._zygote = Child(
            "grader.worker.zygote", self.device, isolation="-I", environment=environment
        )
        self._control = self._zygote.socket

    @property
    def pid(self) -> int:
        """The zygote's process id."""
        return self._zygote.pid

    def spawn(self, limits: WorkerLimits) -> tuple[int, socket.socket]:
        """A fresh worker under `limits`: its process id, and our end of the channel to it.

        A zygote that has ended, killed by the system perhaps, is replaced.
        """
        try:
            return self._spawn(limits)
        except OSError:
            self._zygote.end()
            self.close()
            self._start()
        try:
            return self._spawn(limits)
        except OSError:
            raise GraderError(
                "The sandbox process could not be started. `grader doctor` says why."
            ) from None

    def _spawn(self, limits: WorkerLimits) -> tuple[int, socket.socket]:
        self._control.settimeout(START_SECONDS)
        self._ask({"op": "spawn", "limits": asdict(limits)})
        message, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        if not descriptors:
            raise ConnectionError
        return int(json.loads(message)["pid"]), socket.socket(fileno=descriptors[0])

    def prepare(self, limits: WorkerLimits) -> None:
        """Have a worker under `limits` waiting for the next submission.

        It holds what torch has loaded late here, since what the learner's code calls is the same.
        """
        late = [name for name in LATE_MODULES if name in sys.modules]
        with contextlib.suppress(OSError):
            self._ask({"op": "prepare", "limits": asdict(limits), "modules": late})

    def _ask(self, request: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(request).encode() + b"\n")

    def end(self, pid: int, grace: float = 0) -> int:
        """Wait `grace` seconds for a worker to end, then kill it; its status, or 0 if killed."""
        try:
            self._ask({"op": "end", "pid": pid, "grace": grace})
            return int(json.loads(self._control.recv(4096))["status"])
        except (OSError, ValueError):
            return 0  # the zygote has ended, and every worker with it

    def drop(self, pid: int) -> None:
        """Kill a worker, without waiting until it is gone: 4 ms with torch in its memory."""
        with contextlib.suppress(OSError):
            self._ask({"op": "drop", "pid": pid})

    def close(self) -> None:
        """End the zygote and with it every worker."""
        self._zygote.close()


def _environment(device: str) -> dict[str, str]:
    """The zygote's whole environment: nothing of ours, but one thread, UTF-8, and memory that is
    given back.

    By default glibc keeps what is freed for later; whether a later tensor fits in there is chance,
    and a loop over blocks then holds as much at once as the whole (mallopt(3), M_MMAP_THRESHOLD).
    """
    kept = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH") if device != "cpu" else ()
    return {
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_MMAP_THRESHOLD_": str(128 << 10),
        **{name: os.environ[name] for name in kept if name in os.environ},
    }


@cache
def shared_sandbox(device: str) -> Sandbox:
    """This process's sandbox for `device`; it ends with the process."""
    sandbox = Sandbox(device)
    atexit.register(sandbox.close)
    return sandbox
