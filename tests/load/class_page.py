"""What the open pages of a large class cost the server, in processor time, whenever drawn.

    python -m tests.load.class_page                       # 3,000 students × 95 exercises, SQLite
    python -m tests.load.class_page --postgresql
    python -m tests.load.class_page --students 30         # a look at whether it runs

Fills a database with a class in the middle of its term: each student has come somewhere between the
first exercise and the last, with one to four hand-ins of each, all but the last of them wrong. The
reports are those of two real verdicts. Then a real server is asked for each page; counted is what
its process and those of PostgreSQL took.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from exercises.catalog import Catalog, load_catalog
from grader import Grader, Report, Submission
from grader.classroom.progress import share
from grader.examiner.answer_key import solution_path
from grader.server.database import Database
from grader.server.members import class_named, enrol, member_named, members, new_class, read_roster
from grader.server.queue import packed, utc_now
from grader.server.schema import DONE, SESSION, HandIn
from grader.server.tokens import new_token
from tests.load.server import WRONG, PostgreSQL, Server, below, place

MODEL = "softmax"  # whose two verdicts stand for all
TRIES = (1, 1, 1, 2, 2, 3, 4)  # drawn from, for an exercise
AT_ONCE = 2000  # rows
PAGES = ("/class", "/class/report")
TICKS = os.sysconf("SC_CLK_TCK")
Row = dict[str, Any]


def reports() -> dict[bool, tuple[Report, str]]:
    """A right and a wrong answer: the report on it, and its source."""
    right = solution_path(load_catalog().exercise(MODEL)).read_text("utf-8")
    found = {}
    with Grader() as grader:
        for is_right, source in ((True, right), (False, WRONG.format(0))):
            report = grader.grade(Submission(MODEL, source, 1))
            found[is_right] = report, source
    return found


def fill(database: Database, students: int, catalog: Catalog) -> int:
    """How many hand-ins there are then."""
    exercises = [one.id for one in catalog.exercises]
    made, _ = new_class(database, "ML", f"title: Load\nexercises: {dict.fromkeys(exercises, 1)}\n")
    roster = "id,name\n" + "".join(f"s{number},Student {number}\n" for number in range(students))
    with database.writing() as session:
        enrol(session, made, read_roster(roster))
        ids = [one.id for one in members(session, made) if one.role == "student"]
    verdicts = verdicts_of(exercises)
    count = 0
    for batch in batches(rows(ids, exercises, verdicts)):
        with database.writing() as session:
            session.execute(insert(HandIn), batch)
        count += len(batch)
    return count


def verdicts_of(exercises: list[str]) -> dict[tuple[str, bool], Row]:
    found = {}
    for is_right, (report, source) in reports().items():
        for id in exercises:
            found[id, is_right] = {
                "report": json.dumps(replace(report, exercise=id).to_dict()),
                "outcome": report.outcome,
                "share": share(report),
                "files": source,
            }
    return found


def rows(
    members: list[int], exercises: list[str], verdicts: dict[tuple[str, bool], Row]
) -> Iterator[Row]:
    draw, now = random.Random(0), utc_now() - timedelta(days=30)
    for member in members:
        for id in exercises[: draw.randrange(len(exercises))]:
            tries = draw.choice(TRIES)
            for number in range(tries):
                verdict = verdicts[id, number == tries - 1]
                source = f"{verdict['files']}# {member} {number}\n"
                now += timedelta(seconds=1)
                yield {
                    **verdict,
                    "membership_id": member,
                    "exercise": id,
                    "key": f"{id} {number}",
                    "files": packed({f"{id}.py": source.encode()}),
                    "sha256": "0" * 64,
                    "seed": 1,
                    "received_at": now,
                    "graded_at": now,
                    "state": DONE,
                    "priority": 0,
                    "tries": 1,
                    "unprotected": "",
                }


def batches(found: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in found:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def seconds(server: Server, postgresql: PostgreSQL | None) -> float:
    """Of the processor, that the server's own process and the database took so far; not what its
    examiners take to start, nor the database's processes that have ended.
    """
    database = [postgresql.pid, *below(postgresql.pid)] if postgresql else []
    found = 0
    for process in (server.process.pid, *database):
        try:
            text = Path(f"/proc/{process}/stat").read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        found += int(fields[11]) + int(fields[12])
    return found / TICKS


def asked(port: int, path: str, session: str) -> int:
    """The bytes of the page."""
    url = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(url, headers={"Cookie": f"session={session}"})
    with urllib.request.urlopen(request, timeout=3600) as response:
        return len(response.read())


def look(port: int, session: str) -> None:
    """The first that an open page is told of the class."""
    url = f"http://127.0.0.1:{port}/class/events"
    request = urllib.request.Request(url, headers={"Cookie": f"session={session}"})
    with urllib.request.urlopen(request, timeout=600) as response:
        response.readline()


def run(options: argparse.Namespace, folder: Path, postgresql: PostgreSQL | None) -> None:
    url = postgresql.new() if postgresql else f"sqlite:///{folder / 'data' / 'class.sqlite'}"
    (folder / "data").mkdir(mode=0o700)
    with closing(Database(url)) as database:
        count = fill(database, options.students, load_catalog())
        print(f"{options.students} students, {count} hand-ins")
        with database.writing() as session:
            teacher = member_named(session, class_named(session, "ML"), "teacher")
            token = new_token(session, teacher, SESSION, utc_now())
    chosen = ["--allow-unsandboxed", "--jobs", "1", *(["--database", url] if postgresql else [])]
    server = Server(folder, chosen)
    server.start()
    try:
        for path in options.pages or PAGES:
            for _ in range(2):  # the first finds nothing in memory
                before = seconds(server, postgresql)
                size = asked(server.port, path, token)
                took = seconds(server, postgresql) - before
                print(f"{path}: {took:.2f} s, {size:,} bytes, {server.memory()[0]:.0f} MB")
        before = seconds(server, postgresql)
        for _ in range(10):
            look(server.port, token)
        print(f"a look for news: {(seconds(server, postgresql) - before) / 10:.3f} s")
    finally:
        server.end()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=3000)
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument("pages", nargs="*", help=f"paths; otherwise {' and '.join(PAGES)}")
    options = parser.parse_args()
    with place(options.postgresql) as (folder, postgresql):
        run(options, folder, postgresql)
    return 0


if __name__ == "__main__":
    sys.exit(main())
