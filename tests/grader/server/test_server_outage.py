"""The database or an examiner dies: nobody is told "received" for nothing, and work goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from class_of_three import WRONG, ask, hand_in, joined
from processes import below, comes_true
from servers import PostgreSQL, Served

from grader import Grader
from grader.server.schema import HandIn


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
