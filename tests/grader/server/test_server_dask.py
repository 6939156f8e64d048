"""A server whose examinations run on a cluster: what dies there costs nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from class_of_three import CLASSROOM, ROSTER, WRONG, Browser, hand_in, joined
from dask_cluster import DaskCluster
from processes import comes_true
from servers import GRADER, free_port, started
from sqlalchemy import func, select

from grader.server.database import Database
from grader.server.members import enrol, new_class, read_roster
from grader.server.schema import DONE, LEASED, HandIn

SLOW = "import time\ntime.sleep(0.3)\n"  # each worker of the sandbox runs the file anew


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    made = DaskCluster(tmp_path)
    yield made
    made.end()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "data").mkdir(mode=0o700)
    with closing(Database.in_folder(tmp_path / "data")) as opened:
        yield opened


def states(database: Database, state: str) -> int:
    with database.reading() as session:
        counted = select(func.count()).select_from(HandIn).where(HandIn.state == state)
        return session.scalar(counted) or 0


@pytest.mark.slow
def test_what_dies_in_the_cluster_costs_no_attempt_and_nothing_is_stuck(
    cluster: DaskCluster, database: Database, tmp_path: Path, solution: Callable[[str], str]
) -> None:
    made, teacher = new_class(database, "ML", CLASSROOM)
    with database.writing() as session:
        enrol(session, made, read_roster(ROSTER))
    port = free_port()
    address = cluster.scheduler(port=port)
    cluster.workers(address, 2)
    process, server = started(tmp_path, "--dask", address)
    try:
        ada = joined(server, made.code, "Ada Lovelace")
        answers = [f"{SLOW}{solution('softmax') if n % 2 else WRONG}# {n}\n" for n in range(8)]
        for text in answers[:5]:
            hand_in(server, ada, text)
        assert comes_true(lambda: states(database, LEASED) == 2)
        cluster.kill(1)  # one of both workers is gone for good
        assert comes_true(lambda: states(database, DONE) == 5)

        for text in answers[5:]:
            hand_in(server, ada, text)
        assert comes_true(lambda: states(database, LEASED) > 0)
        cluster.end()
        page = Browser(server)
        page.enter(teacher)
        assert comes_true(lambda: "The cluster does not answer" in page.get("/health").text)
        assert comes_true(lambda: states(database, LEASED) == 0), "its work is back in the queue"
        cluster.workers(cluster.scheduler(port=port), 1)
        assert comes_true(lambda: states(database, DONE) == 8)
        assert "The cluster does not answer" not in page.get("/health").text
        with database.reading() as session:
            rows = session.scalars(select(HandIn).order_by(HandIn.id)).all()
        assert [row.outcome for row in rows] == 4 * ["failed", "passed"]
        assert {row.tries for row in rows} == {1}
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_a_cluster_that_is_open_to_the_network_is_refused(tmp_path: Path) -> None:
    command = [*GRADER, "--port", "0", "--dask", "tcp://192.0.2.1:8786"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    says = "runs any code for everybody who reaches it"
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
