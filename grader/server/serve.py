"""`grader serve`, run: the database, the workers and the web server, until a signal ends them."""

import fcntl
import logging
import os
import platform
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from grader.classroom.loopback import is_loopback
from grader.errors import UsageError
from grader.grader import Grader
from grader.server.database import Database
from grader.server.judge import Judge
from grader.server.login import Provider, read_institution
from grader.server.privacy import clearing
from grader.server.queue import Queue
from grader.server.web.app import web_app
from grader.server.web.site import Site
from grader.server.workers import Workers

if TYPE_CHECKING:
    from grader.classroom.keys import Ed25519PrivateKey

LOCK = "serve.lock"
GOODBYE_SECONDS = 5  # for requests that are being answered when the server ends


def open_database(folder: Path, url: str | None) -> Database:
    """The folder is made, readable for its owner only: it holds what students wrote."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    old = os.umask(0o077)
    try:
        return Database(url) if url else Database.in_folder(folder)
    finally:
        os.umask(old)


def serve(
    folder: Path,
    url: str | None,
    host: str,
    port: int,
    jobs: int | None,
    dask: str | None,
    behind_proxy: bool,
    only_sandboxed: bool,
    key: Path | None,
    login: Path | None,
    tell: Callable[[str], None],
) -> None:
    """`jobs` are graded at once: as many as there are cores or, with the scheduler at `dask`, as
    its workers have threads. Raises `UsageError` for what cannot be served so.
    """
    check_host(host, behind_proxy)
    signing = _signing(key) if key else None
    provider = Provider(read_institution(login)) if login else None
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn ends at a signal, and then raises it again: for what is to be ended around it.
        signal.signal(number, _end)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with closing(open_database(folder, url)) as database, _alone(folder, database):
        queue = Queue(database, key=signing)
        name = f"{platform.node()} {folder.resolve()} {port}"
        with (
            _listening(host, port) as listener,
            clearing(database),
            _grader(jobs, dask, database, name) as grader,
        ):
            workers = Workers(queue, grader, jobs or grader.jobs, only_sandboxed)
            judge = Judge(database, grader, only_sandboxed)
            site = Site(database, queue, workers, is_https=behind_proxy, provider=provider)
            config = uvicorn.Config(
                web_app(site),
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=behind_proxy,
                timeout_graceful_shutdown=GOODBYE_SECONDS,
            )
            workers.start()
            judge.start()
            try:
                tell(f"http://{_address(listener)}/")
                uvicorn.Server(config).run([listener])
            finally:
                judge.close()
                workers.close()
                grader.abandon()


def _grader(jobs: int | None, dask: str | None, database: Database, name: str) -> Grader:
    if dask is None:
        return Grader(jobs or os.cpu_count() or 1)
    from grader.server.remote import Remote  # needs an extra of its own

    return Remote(database, dask, name)


def _signing(file: Path) -> "Ed25519PrivateKey":
    from grader.classroom.keys import read_private_key  # needs an extra of its own

    return read_private_key(file)


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)


def check_host(host: str, behind_proxy: bool) -> None:
    """What is not sent by TLS must not leave the machine."""
    if not is_loopback(host) and not behind_proxy:
        raise UsageError(
            f"{host} would send codes and grades unencrypted. Serve on 127.0.0.1 behind a proxy"
            " that ends TLS; or, where such a proxy is on another machine, say --behind-proxy."
        )


@contextmanager
def _alone(folder: Path, database: Database) -> Iterator[None]:
    """One server has the embedded database; so what was leased when it starts is nobody's."""
    if not database.is_embedded:
        yield
        return
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"Another server has {folder} already.") from None
        Queue(database).end_leases()
        yield


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"{host}, port {port}: {error.strerror}. Give another --port."
            ) from None
        listener.listen()
        yield listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
