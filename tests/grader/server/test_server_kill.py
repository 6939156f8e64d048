"""A server that is killed at work: what was received is graded, once, by the next."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from class_of_three import CLASSROOM, ROSTER, WRONG, ask, hand_in, joined, states
from processes import below, comes_true, gone
from servers import GRADER, started
from sqlalchemy import select

from grader.server.database import Database
from grader.server.schema import LEASED, HandIn


@pytest.mark.slow
def test_what_was_received_is_graded_once(tmp_path: Path, solution: Callable[[str], str]) -> None:
    (tmp_path / "classroom.yaml").write_text(CLASSROOM)
    (tmp_path / "roster.csv").write_text(ROSTER)
    new = ("class", "new", "ML", "--classroom", "classroom.yaml", "--roster", "roster.csv")
    made = subprocess.run([*GRADER, *new], cwd=tmp_path, capture_output=True, text=True, check=True)
    code = re.findall(r"\b[A-Z2-9]{8}\b", made.stdout)[0]
    database = Database.in_folder(tmp_path / "data")

    process, server = started(tmp_path, "--jobs", "1")
    second = subprocess.run(
        [*GRADER, "--port", "0"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (second.returncode, "Another server has data" in second.stderr) == (2, True)
    ada = joined(server, code, "Ada Lovelace")
    sent = [hand_in(server, ada, text) for text in (WRONG, solution("softmax"), WRONG)]
    key = "sent again, since the answer was lost"
    sent.append(hand_in(server, ada, WRONG, key=key))
    assert comes_true(lambda: LEASED in states(server, ada).values())
    children = below(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gone(children)

    process, server = started(tmp_path, "--jobs", "1")
    try:
        assert hand_in(server, ada, WRONG, key=key) == sent[-1]
        assert comes_true(lambda: not {"waiting", "leased"} & set(states(server, ada).values()))
        assert states(server, ada) == dict(
            zip(sent, ["failed", "passed", "failed", "failed"], strict=True)
        )
        with database.reading() as session:
            rows = session.scalars(select(HandIn).order_by(HandIn.id)).all()
        assert [row.tries for row in rows] == [2, 1, 1, 1], "only what was at work is done again"
        _, told = ask(server, "/api/status", token=ada)
        assert told["score"] == 4.0
    finally:
        process.terminate()
        assert process.wait(60) == 0
        database.close()
