"""A server in this process, reached by HTTP, on each of both databases."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from class_of_three import CLASSROOM, ROSTER
from servers import PostgreSQL, Served

from grader import Grader
from grader.classroom.keys import Ed25519PrivateKey, new_key, read_private_key
from grader.server.database import Database
from grader.server.judge import Judge
from grader.server.login import Provider
from grader.server.members import enrol, new_class, read_roster
from grader.server.queue import Queue
from grader.server.web.app import web_app
from grader.server.web.site import Site
from grader.server.workers import Workers

NO_POSTGRESQL = "PostgreSQL is not installed; on Debian: apt-get install postgresql"


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
def class_key(tmp_path: Path) -> Ed25519PrivateKey:
    """`class.key` in the test's folder."""
    new_key(tmp_path / "class.key")
    return read_private_key(tmp_path / "class.key")


@pytest.fixture
def signing_key() -> Ed25519PrivateKey | None:
    """None, where a test does not say otherwise."""
    return None


@pytest.fixture
def provider() -> Provider | None:
    """None, where a test does not say otherwise."""
    return None


@pytest.fixture
def served(
    database: Database,
    grader: Grader,
    signing_key: Ed25519PrivateKey | None,
    provider: Provider | None,
) -> Iterator[Served]:
    """The class of three behind a real socket, graded by the warm examiner."""
    made, teacher = new_class(database, "ML", CLASSROOM)
    with database.writing() as session:
        enrol(session, made, read_roster(ROSTER))
    queue = Queue(database, key=signing_key)
    workers = Workers(queue, grader, 1, only_sandboxed=False)
    judge = Judge(database, grader, only_sandboxed=False)
    config = uvicorn.Config(
        web_app(Site(database, queue, workers, provider=provider)),
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        workers.start()
        judge.start()
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Served(address, database, queue, made.code, teacher)
        finally:
            server.should_exit = True
            judge.close()
            workers.close()
            thread.join()


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
