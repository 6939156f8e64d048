"""The examiner's hold on the untrusted side: a zygote, which forks a worker for each submission.

No torch here: whoever starts an examiner knows this module, too.
"""

import atexit
import contextlib
import json
import os
import socket
import sys
from dataclasses import asdict
from typing import Any

from grader.child import Child
from grader.errors import SandboxLost
from grader.lockdown import privileges
from grader.lockdown.limits import WorkerLimits
from grader.worker.fork import Fork

START_SECONDS = 60.0
GRACE_SECONDS = 0.5
LATE_MODULES = ("torch._dynamo",)  # which torch loads with the first optimiser: 1.6 s


class Sandbox:
    """Starts the zygote; hands out fresh workers.

    `grace` is how many seconds a worker gets to report its own time-out before it is killed. A
    `zygote` that is there already is taken.
    """

    def __init__(
        self, device: str = "cpu", grace: float = GRACE_SECONDS, zygote: Fork | None = None
    ) -> None:
        privileges.keep_to_oneself()  # before there is a worker that could look into us
        self.device = device
        self.grace = grace
        self._zygote: Child | Fork = zygote or self._start()

    def _start(self) -> Child:
        environment = zygote_environment(self.device)
        return Child("grader.worker.zygote", self.device, environment=environment)

    @property
    def _control(self) -> socket.socket:
        return self._zygote.socket

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
            self._zygote = self._start()
        try:
            return self._spawn(limits)
        except OSError:
            raise SandboxLost(
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
        """Wait `grace` seconds for a worker to end, then kill it; its status, or 0 if killed.

        Raises `SandboxLost` where the zygote has ended, and every worker with it.
        """
        try:
            self._ask({"op": "end", "pid": pid, "grace": grace})
            return int(json.loads(self._control.recv(4096))["status"])
        except (OSError, ValueError):
            raise SandboxLost(
                "The process that your code is started from ended, as it does where the system has"
                " no memory left, or somebody ends it. Try again."
            ) from None

    def drop(self, pid: int) -> None:
        """Kill a worker, without waiting until it is gone: 4 ms with torch in its memory."""
        with contextlib.suppress(OSError):
            self._ask({"op": "drop", "pid": pid})

    def close(self) -> None:
        """End the zygote and with it every worker."""
        self._zygote.close()


def zygote_environment(device: str) -> dict[str, str]:
    """The zygote's whole environment: nothing of ours, but one thread, and UTF-8."""
    kept = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH") if device != "cpu" else ()
    return {
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **{name: os.environ[name] for name in kept if name in os.environ},
    }


_shared: dict[str, Sandbox] = {}


def shared_sandbox(device: str, zygote: Fork | None = None) -> Sandbox:
    """This process's sandbox for `device`, which ends with it; `zygote` is one to begin with."""
    if device not in _shared:
        _shared[device] = Sandbox(device, zygote=zygote)
        atexit.register(_shared[device].close)
    return _shared[device]
