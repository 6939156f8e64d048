"""A real Dask scheduler and real workers, which end with the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from distributed import Client, Security
from processes import PATIENCE, comes_true


class DaskCluster:
    """Its processes work in `folder`; each worker has a nanny, which starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def scheduler(self, *arguments: str, port: int = 0, **environment: str) -> str:
        """Its address. Further words are environment variables of it."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        where = arguments or ("--host", "127.0.0.1")
        where += ("--port", str(port), "--no-dashboard", "--scheduler-file", str(file))
        self._start("scheduler", *where, **environment)
        assert comes_true(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
        return str(json.loads(file.read_text())["address"])

    def workers(self, address: str, count: int, *arguments: str, **environment: str) -> None:
        for _ in range(count):
            options = [*(arguments or ("--memory-limit", "0")), "--nthreads", "1"]
            self._start("worker", address, *options, "--no-dashboard", **environment)
        with client_of(address) as client:
            client.wait_for_workers(count, timeout=PATIENCE)

    def kill(self, number: int) -> None:
        """At once: the scheduler or worker that was started as this one; with its nanny, if any."""
        process = self.started[number]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for number in range(len(self.started)):
            self.kill(number)
        self.started.clear()

    def _start(self, program: str, *arguments: str, **environment: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments]
        self.started.append(
            subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )


def client_of(address: str) -> Client:
    security = Security(require_encryption=True) if address.startswith("tls:") else None
    return Client(address, security=security, set_as_default=False)
