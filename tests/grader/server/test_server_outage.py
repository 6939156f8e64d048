"""The database or an examiner dies: nobody is told "received" for nothing, and work goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from class_of_three import CLASSROOM, WRONG, ask, hand_in, joined
from processes import below, comes_true
from servers import PostgreSQL, Served

from grader import Grader, Submission
from grader.errors import GraderError
from grader.server.database import Database
from grader.server.judge import Judge
from grader.server.members import member_named, new_class
from grader.server.schema import HandIn, Post
from grader.server.threads import Threads


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> str:
    return postgresql.new()


def test_a_database_that_is_killed_and_comes_back(
    served: Served, postgresql: PostgreSQL, solution: Callable[[str], str]
) -> None:
    ada = joined(served.address, served.code, "1")
    before = hand_in(served.address, ada, WRONG)
    data = {"exercise": "softmax", "files": {"softmax.py": solution("softmax")}, "key": "one"}
    postgresql.kill()
    status, answer = ask(served.address, "/api/hand-ins", data, ada)
    assert (status, "was not received" in answer["error"]) == (503, True)
    postgresql.start()
    status, answer = ask(served.address, "/api/hand-ins", data, ada)
    assert status == 201
    assert comes_true(lambda: served.queue.health().done == 2)
    with served.database.reading() as session:
        found = [session.get_one(HandIn, number).outcome for number in (before, answer["id"])]
    assert found == ["failed", "passed"]


def test_a_verdict_waits_for_a_database_that_comes_back(
    served: Served, postgresql: PostgreSQL, caplog: pytest.LogCaptureFixture
) -> None:
    ada = joined(served.address, served.code, "1")
    number = hand_in(served.address, ada, "while True: pass")
    assert comes_true(lambda: served.queue.health().at_work)
    postgresql.kill()
    assert comes_true(lambda: "cannot be kept yet" in caplog.text)
    postgresql.start()
    assert comes_true(lambda: served.queue.health().done)
    with served.database.reading() as session:
        one = session.get_one(HandIn, number)
    assert (one.outcome, one.tries) == ("failed", 1)


def test_an_error_of_ours_waits_for_a_database_that_comes_back(
    served: Served,
    postgresql: PostgreSQL,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is tried again at once, and not when the lease has ended."""
    killed = iter([postgresql.kill])  # the first time

    def broken(*_: object) -> Future[Any]:
        for kill in killed:
            kill()
        raise GraderError("The examiner is broken.")

    monkeypatch.setattr(Grader, "submit", broken)
    ada = joined(served.address, served.code, "1")
    number = hand_in(served.address, ada, WRONG)
    assert comes_true(lambda: "cannot be kept yet" in caplog.text)
    postgresql.start()
    assert comes_true(lambda: served.queue.health().failed == 1)
    with served.database.reading() as session:
        one = session.get_one(HandIn, number)
    assert (one.failure, one.tries) == ("The examiner is broken.", 2)


def test_what_was_found_of_a_post_waits_for_a_database_that_comes_back(
    database: Database, postgresql: PostgreSQL, grader: Grader, caplog: pytest.LogCaptureFixture
) -> None:
    class Killing(Executor):
        """Grades, and kills the database meanwhile."""

        def submit(self, grade: Any, submission: Submission, /) -> Future[Any]:  # type: ignore[override]
            postgresql.kill()
            return grader.submit(submission)

    made, _ = new_class(database, "ML", CLASSROOM)
    with database.reading() as session:
        teacher = member_named(session, made, "teacher")
    number = Threads(database).ask(teacher, "softmax", f"```\n{WRONG}```", False, False)
    judge = Judge(database, Grader(executor=Killing()), only_sandboxed=False)
    judge.start()
    try:
        assert comes_true(lambda: "cannot be kept yet" in caplog.text)
        postgresql.start()
        assert comes_true(lambda: _post(database, number).share is not None)
    finally:
        judge.close()
    assert (_post(database, number).lease, _post(database, number).tries) == (None, 1)


def _post(database: Database, number: int) -> Post:
    with database.reading() as session:
        return session.get_one(Post, number)


def test_an_examiner_that_is_killed_costs_nobody_anything(
    served: Served, grader: Grader, solution: Callable[[str], str]
) -> None:
    ada = joined(served.address, served.code, "1")
    examiners = below(os.getpid())
    number = hand_in(served.address, ada, "while True: pass")
    assert comes_true(lambda: served.queue.health().at_work)
    for process in examiners & below(os.getpid()):
        if _is_examiner(process):
            os.kill(process, signal.SIGKILL)
    assert comes_true(lambda: served.queue.health().done)
    with served.database.reading() as session:
        one = session.get_one(HandIn, number)
    assert (one.outcome, one.tries) == ("failed", 2)


def _is_examiner(process: int) -> bool:
    return b"grader.executor" in Path(f"/proc/{process}/cmdline").read_bytes()
