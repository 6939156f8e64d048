"""A server in this process, reached by HTTP, on each of both databases."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from class_of_three import CLASSROOM, ROSTER
from processes import below, comes_true

from grader import Grader
from grader.errors import UsageError
from grader.server.database import Database
from grader.server.members import enrol, new_class, read_roster
from grader.server.queue import Queue
from grader.server.web.app import web_app
from grader.server.web.site import Site
from grader.server.workers import Workers

numbers = itertools.count(1)
NO_POSTGRESQL = "PostgreSQL is not installed; on Debian: apt-get install postgresql"


@dataclass
class Served:
    """`code` is the class's, `teacher` the one by which its teacher comes in."""

    address: str
    database: Database
    queue: Queue
    code: str
    teacher: str


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'class.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def served(database: Database, grader: Grader) -> Iterator[Served]:
    """The class of three behind a real socket, graded by the warm examiner."""
    made, teacher = new_class(database, "ML", CLASSROOM)
    with database.writing() as session:
        enrol(session, made, read_roster(ROSTER))
    queue = Queue(database)
    workers = Workers(queue, grader, 1, only_sandboxed=False)
    config = uvicorn.Config(
        web_app(Site(database, queue, workers)), log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        workers.start()
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Served(address, database, queue, made.code, teacher)
        finally:
            server.should_exit = True
            workers.close()
            thread.join()


class PostgreSQL:
    """A server of our own on loopback, as a user without rights. `programs` holds `postgres`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._user, self._port = _unprivileged(), str(_free_port())
        shutil.chown(folder, self._user)
        self._run("initdb", "-D", folder / "data", "-A", "trust", "-U", "tester", "--no-sync")
        self.start()

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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (found[-1] if found else None)
    if initdb is None:
        pytest.skip(NO_POSTGRESQL)
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    server = PostgreSQL(Path(initdb).resolve().parent, folder)
    yield server
    server.kill()
    shutil.rmtree(folder)


def _unprivileged() -> str:
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
