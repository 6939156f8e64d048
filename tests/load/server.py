"""A class hands in within a minute, on this machine alone: is all of it received, and graded once?

    python -m tests.load.server                                  # 300 students, embedded database
    python -m tests.load.server --postgresql --kill              # and kill -9 of all that serves
    python -m tests.load.server --students 6 --seconds 5         # a look at whether it runs

Prints how long "received" took, how long verdicts took, what was lost or there twice, and the
server's memory; ends with 1 where something was. Who is not answered sends again with the same key,
as `learn` does. A PostgreSQL of its own is started on loopback; nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "grader" / "server")]

from processes import below  # noqa: E402
from servers import PostgreSQL  # noqa: E402
from sqlalchemy import select  # noqa: E402

from exercises.catalog import load_catalog  # noqa: E402
from grader.examiner.answer_key import solution_path  # noqa: E402
from grader.server.database import Database  # noqa: E402
from grader.server.members import enrol, members, new_class, read_roster  # noqa: E402
from grader.server.queue import utc_now  # noqa: E402
from grader.server.schema import CLIENT, DONE, FAILED, HandIn  # noqa: E402
from grader.server.tokens import new_token  # noqa: E402

EXERCISE = "softmax"
SETTINGS = f"title: Load\nexercises: {{{EXERCISE}: 1}}\n"
WRONG = "import torch\ndef softmax(x, dim=-1): return torch.exp(x)  # {}\n"
MOST_STUDENTS, MOST_SECONDS = 1000, 600  # this is for one machine
KILLS_AT = (0.25, 0.5, 0.75)  # of the time in which students hand in
PAUSE = 0.5  # seconds until one who was not answered sends again


@dataclass
class Server:
    """`grader serve` on a port that stays the same when it is started again."""

    folder: Path
    options: list[str]
    port: int = 0

    def start(self) -> None:
        serve = [sys.executable, "-P", "-m", "grader.cli", "serve", "--data", "data"]
        self.process = subprocess.Popen(
            [*serve, "--port", str(self.port), *self.options],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "log").open("a"),
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if not found:
            sys.exit(f"The server did not start: {(self.folder / 'log').read_text()[-2000:]}")
        self.port = int(found[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    def kill_examiner(self) -> None:
        for process in below(self.process.pid):
            if b"grader.executor" in _read(process, "cmdline"):
                os.kill(process, signal.SIGKILL)
                return

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()

    def memory(self) -> tuple[float, float]:
        """MB of the server's own process, and of it with all examiners and workers."""
        own = _memory(self.process.pid)
        return own, own + sum(map(_memory, below(self.process.pid)))


@dataclass
class Figures:
    answered: list[float] = field(default_factory=list)  # seconds until "received"
    again: int = 0  # requests without an answer, sent again
    ids: list[int] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


def hand_in(port: int, token: str, source: str, key: str, until: float, figures: Figures) -> None:
    """As one student. What was never answered is lost, and counted at the end."""
    data = {"exercise": EXERCISE, "files": {f"{EXERCISE}.py": source}, "key": key}
    while time.monotonic() < until:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/hand-ins",
            json.dumps(data).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                number = json.load(response)["id"]
        except urllib.error.HTTPError as error:
            if error.code not in (429, 500, 502, 503):
                raise
        except (OSError, HTTPException, ValueError):
            pass
        else:
            figures.answered.append(time.monotonic() - began)
            figures.ids.append(number)
            return
        figures.again += 1
        time.sleep(PAUSE)


def run(options: argparse.Namespace, folder: Path, postgresql: PostgreSQL | None) -> bool:
    url = postgresql.new() if postgresql else f"sqlite:///{folder / 'data' / 'class.sqlite'}"
    (folder / "data").mkdir(mode=0o700)
    with closing(Database(url)) as database:
        tokens = students(database, options.students)
        chosen = ["--database", url] if postgresql else []
        if options.jobs:
            chosen += ["--jobs", str(options.jobs)]
        if options.allow_unsandboxed:
            chosen.append("--allow-unsandboxed")
        server, figures = Server(folder, chosen), Figures()
        server.start()
        began = time.monotonic()
        try:
            with watched(server, figures):
                kills = _kills(server, postgresql) if options.kill else []
                at_work = class_at_work(tokens, server, options, figures, kills)
                all_there = graded(database, began + options.patience) and at_work
            figures.memory.append(server.memory())
            return told(database, options, figures, time.monotonic() - began) and all_there
        finally:
            server.end()


def students(database: Database, count: int) -> list[str]:
    """A class, and a terminal's token of each student."""
    made, _ = new_class(database, "Load", SETTINGS)
    roster = "id,name\n" + "".join(f"s{number},Student {number}\n" for number in range(count))
    with database.writing() as session:
        enrol(session, made, read_roster(roster))
        listed = [one for one in members(session, made) if one.role == "student"]
        return [new_token(session, one, CLIENT, utc_now()) for one in listed]


def class_at_work(
    tokens: list[str],
    server: Server,
    options: argparse.Namespace,
    figures: Figures,
    kills: list[Callable[[], None]],
) -> bool:
    """Each hands in at a moment of their own; every other answer is right. False if one cannot."""
    right = solution_path(load_catalog().exercise(EXERCISE)).read_text("utf-8")
    began = time.monotonic()
    draw = random.Random(0)

    def student(number: int) -> None:
        time.sleep(moments[number])
        source = f"# {number}\n{right}" if number % 2 else WRONG.format(number)
        until = began + options.patience
        hand_in(server.port, tokens[number], source, f"key {number}", until, figures)

    moments = [draw.uniform(0, options.seconds) for _ in tokens]
    with ThreadPoolExecutor(len(tokens)) as threads:
        sent = [threads.submit(student, number) for number in range(len(tokens))]
        for share, kill in zip(KILLS_AT, kills, strict=False):
            time.sleep(max(0.0, began + share * options.seconds - time.monotonic()))
            kill()
    errors = [str(error) for one in sent if (error := one.exception())]
    for error in errors[:5]:
        print(f"A student could not hand in: {error}")
    return not errors


def _kills(server: Server, postgresql: PostgreSQL | None) -> list[Callable[[], None]]:
    found = [server.kill, server.kill_examiner]
    if postgresql:

        def kill_database() -> None:
            postgresql.kill()
            time.sleep(PAUSE)
            postgresql.start()

        found.append(kill_database)
    return found


def graded(database: Database, until: float) -> bool:
    """Wait until nothing is left to do."""
    wanted = select(HandIn.id).where(HandIn.state.not_in((DONE, FAILED))).limit(1)
    while time.monotonic() < until:
        with database.reading() as session:
            if session.scalar(wanted) is None:
                return True
        time.sleep(PAUSE)
    print("There is still something to grade, and no time left.")
    return False


@contextmanager
def watched(server: Server, figures: Figures) -> Iterator[None]:
    ends = threading.Event()

    def look() -> None:
        while not ends.wait(1):
            figures.memory.append(server.memory())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def told(database: Database, options: argparse.Namespace, figures: Figures, seconds: float) -> bool:
    with database.reading() as session:
        rows = session.scalars(select(HandIn)).all()
    there = Counter(row.membership_id for row in rows)
    waits = [(row.graded_at - row.received_at).total_seconds() for row in rows if row.graded_at]
    lost = options.students - len({row.id for row in rows} & set(figures.ids))
    twice = sum(count - 1 for count in there.values())
    wrong = [
        row
        for row in rows
        if (row.state, row.outcome) != (DONE, "passed" if int(row.key[4:]) % 2 else "failed")
    ]
    own, whole = zip(*figures.memory, strict=True)
    print(f"{len(figures.answered)} of {options.students} received, {figures.again} sent again")
    print(f"received after   {_spread(figures.answered, 1000)} ms")
    print(f"graded after     {_spread(waits, 1)} s; all of it within {seconds:.0f} s of the start")
    print(f"lost {lost}, there twice {twice}, without the right verdict {len(wrong)}")
    for row in wrong:
        print(f"  {row.key}: {row.state} {row.outcome}, {row.tries} tries. {row.failure or ''}")
    print(f"tries            {dict(sorted(Counter(row.tries for row in rows).items()))}")
    for name, found in (("server", own), ("with examiners", whole)):
        print(
            f"memory, {name}: first {found[0]:.0f}, most {max(found):.0f}, last {found[-1]:.0f} MB"
        )
    return not (lost or twice or wrong)


def _spread(values: list[float], scale: float) -> str:
    if len(values) < 2:
        return "of too few"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    shown = [cuts[9] * scale, cuts[18] * scale, max(values) * scale]
    return "p50 {:.1f}, p95 {:.1f}, most {:.1f}".format(*shown)


def _memory(process: int) -> float:
    found = re.search(rb"VmRSS:\s+(\d+) kB", _read(process, "status"))
    return int(found[1]) / 1024 if found else 0.0


def _read(process: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{process}/{name}").read_bytes()
    except OSError:
        return b""


@contextmanager
def place(with_postgresql: bool) -> Iterator[tuple[Path, PostgreSQL | None]]:
    """A folder, and a PostgreSQL in it where one is wanted; nothing is left of both."""
    folder, postgresql = Path(tempfile.mkdtemp(prefix="load", dir="/tmp")), None
    try:
        if with_postgresql:
            postgresql = _started(folder)
        yield folder, postgresql
    finally:
        if postgresql:
            postgresql.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> PostgreSQL:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        sys.exit("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    (folder / "pg").mkdir()
    folder.chmod(0o755)  # for PostgreSQL's own user
    return PostgreSQL(programs[-1].resolve().parent, folder / "pg")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60, help="in which they hand in")
    parser.add_argument("--jobs", type=int, help="as of grader serve")
    parser.add_argument("--patience", type=float, default=900, help="seconds until all is graded")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument("--kill", action="store_true", help="server, examiner, PostgreSQL; kill -9")
    parser.add_argument("--allow-unsandboxed", action="store_true", help="as of grader serve")
    options = parser.parse_args()
    if not (2 <= options.students <= MOST_STUDENTS and 0 < options.seconds <= MOST_SECONDS):
        parser.error(f"2 to {MOST_STUDENTS} students, within at most {MOST_SECONDS} seconds")
    with place(options.postgresql) as (folder, postgresql):
        return 0 if run(options, folder, postgresql) else 1


if __name__ == "__main__":
    sys.exit(main())
