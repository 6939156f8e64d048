"""A server in this process, reached by HTTP, on each of both databases."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from class_of_three import CLASSROOM, ROSTER
from processes import comes_true

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
    make: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return make()


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


@pytest.fixture(scope="session")
def new_postgresql() -> Iterator[Callable[[], str]]:
    """`new_postgresql()`: the URL of an empty database on a server of our own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (found[-1] if found else None)
    if initdb is None:
        pytest.skip(NO_POSTGRESQL)
    programs = Path(initdb).resolve().parent
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    shutil.chown(folder, user)
    port = _free_port()
    data = folder / "data"
    _run(user, programs / "initdb", "-D", data, "-A", "trust", "-U", "tester", "--no-sync")
    settings = ("-F", "-p", port, "-k", folder, "-h", "127.0.0.1")
    server = subprocess.Popen(
        [str(part) for part in (programs / "postgres", "-D", data, *settings)],
        user=user,
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    base = f"postgresql+psycopg://tester@127.0.0.1:{port}"

    def make() -> str:
        name = f"class_{next(numbers)}"
        _run(user, programs / "createdb", "-h", folder, "-p", port, "-U", "tester", name)
        return f"{base}/{name}"

    try:
        assert comes_true(lambda: (folder / f".s.PGSQL.{port}").exists() and _answers(base))
        yield make
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def _unprivileged() -> str:
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(user: str, *command: object) -> None:
    subprocess.run([str(part) for part in command], user=user, cwd="/", check=True, stdout=-3)


def _answers(base: str) -> bool:
    try:
        Database(f"{base}/postgres").close()
    except UsageError:
        time.sleep(0.05)
        return False
    return True


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
