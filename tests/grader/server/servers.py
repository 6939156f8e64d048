"""The servers of these tests: that of the class, and a PostgreSQL of our own."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from processes import below, comes_true

from grader.errors import UsageError
from grader.server.database import Database
from grader.server.queue import Queue

GRADER = [sys.executable, "-P", "-m", "grader.cli", "serve", "--data", "data"]
numbers = itertools.count(1)


@dataclass
class Served:
    """`code` is the class's, `teacher` the one by which its teacher comes in."""

    address: str
    database: Database
    queue: Queue
    code: str
    teacher: str


def started(folder: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    """`grader serve` on `data` in the folder, and its address."""
    process = subprocess.Popen(
        [*GRADER, "--port", "0", "--allow-unsandboxed", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found
    return process, found[0]


class PostgreSQL:
    """A server of our own on loopback, as a user without rights. `programs` holds `postgres`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._user, self._port = _unprivileged(), str(free_port())
        shutil.chown(folder, self._user)
        self._run("initdb", "-D", folder / "data", "-A", "trust", "-U", "tester", "--no-sync")
        self.start()

    @property
    def pid(self) -> int:
        return self._server.pid

    def start(self) -> None:
        settings = ("-F", "-p", self._port, "-k", self._folder, "-h", "127.0.0.1")
        command = (self._programs / "postgres", "-D", self._folder / "data", *settings)
        self._server = subprocess.Popen(
            [str(part) for part in command],
            user=self._user,
            cwd=self._folder,
            stderr=subprocess.DEVNULL,
        )
        assert comes_true(self._answers)

    def new(self) -> str:
        """The URL of an empty database."""
        name = f"class_{next(numbers)}"
        self._run("createdb", "-h", self._folder, "-p", self._port, "-U", "tester", name)
        return self._url(name)

    def kill(self) -> None:
        """At once, with all of its processes."""
        for process in (self._server.pid, *below(self._server.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._server.wait()

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://tester@127.0.0.1:{self._port}/{name}"

    def _answers(self) -> bool:
        try:
            Database(self._url("postgres")).close()
        except UsageError:
            time.sleep(0.05)
            return False
        return True

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(part) for part in (self._programs / program, *arguments)]
        subprocess.run(command, user=self._user, cwd="/", check=True, stdout=subprocess.DEVNULL)


def _unprivileged() -> str:
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
