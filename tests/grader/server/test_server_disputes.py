"""A student says that a verdict is wrong: a teacher looks at it again, and decides."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from class_of_three import Browser, ask, hand_in, is_genuine, joined
from processes import comes_true
from servers import Served
from sqlalchemy import select
from test_server_regrade import ID, RIGHT, STRICTER, browser, signing_key, teach, token

from grader.server.disputes import MOST_OPEN
from grader.server.members import class_named, member_named
from grader.server.privacy import exported, forget
from grader.server.schema import CLIENT, Dispute, HandIn

__all__ = ["signing_key"]
SLIPS = RIGHT.replace("mean()", "mean() * (2 if slope == 77.0 else 1)")
WHY = "A steep line is not asked for <b>in the lesson</b>."


def failing(served: Served, folder: Path) -> tuple[str, int]:
    """Alan's terminal, and a hand-in of his that the suite holds for wrong by mistake."""
    teach(served, folder, STRICTER)
    alan = joined(served.address, served.code, "2")
    number = hand_in(served.address, alan, SLIPS, ID)
    assert comes_true(lambda: served.queue.health().done == 1)
    return alan, number


def graded_again(teacher: Browser, path: str) -> bool:
    teacher.get(path)
    teacher.send(path, {"do": "again"})
    return comes_true(lambda: "Tests of version" in teacher.get(path).text)


def test_an_accepted_dispute_brings_the_verdict_of_the_tests_of_today(
    served: Served, tmp_path: Path
) -> None:
    alan, number = failing(served, tmp_path / "first")
    his, teacher = browser(served, "2"), browser(served, "teacher")
    his.get(f"/hand-ins/{number}")
    assert his.send(f"/hand-ins/{number}/dispute", {"reason": " "}).status == 400
    assert "It is open" in his.send(f"/hand-ins/{number}/dispute", {"reason": WHY}).text
    twice = his.send(f"/hand-ins/{number}/dispute", {"reason": WHY})
    assert (twice.status, "disputed this already" in twice.text) == (400, True)
    (dispute,) = ask(served.address, "/api/status", token=alan)[1]["disputes"]
    assert (dispute["hand_in"], dispute["state"], dispute["reason"]) == (number, "open", WHY)

    assert "Disputes</a>: <strong>1 to decide" in teacher.get("/class").text
    assert WHY.replace("<", "&lt;").replace(">", "&gt;") in teacher.get("/class/disputes").text
    page = "/class/disputes/1"
    assert "not graded again yet" in teacher.get(page).text
    decide = {"do": "accept", "answer": "It asks too much."}
    assert "Grade it again before you accept" in teacher.send(page, decide).text
    assert graded_again(teacher, page)
    assert "No score would change" in teacher.get(page).text, "the tests still say the same"
    assert graded_again(teacher, page), "as often as one wants"

    file = tmp_path / "sent.dispute.json"
    file.write_text(teacher.get(f"{page}/dispute.json").text, "utf-8")
    settle = [sys.executable, "-P", "-m", "grader.cli", "settle", str(file)]
    done = subprocess.run(
        [*settle, "--course", str(tmp_path / "first")], capture_output=True, text=True
    )
    assert WHY in done.stdout, done.stderr

    teach(served, tmp_path / "second", "")
    assert "0 verdicts are by earlier tests" in teacher.get("/class/regrade").text, "decided there"
    assert graded_again(teacher, page)
    assert "Alan Turing (2): 6 → 8 of 8 points" in teacher.get(page).text
    assert teacher.send(page, {"do": "accept", "answer": ""}).status == 400
    assert "Accepted" in teacher.send(page, decide).text
    assert teacher.send("/class/regrade", {"do": "drop"}).status == 200

    told = ask(served.address, "/api/status", token=alan)[1]
    assert (told["score"], told["disputes"][0]["state"]) == (8, "accepted")
    (change,) = told["regraded"]
    assert change["says"].splitlines()[:3] == [
        "Lines: 6 points before, 8 of 8 now.",
        f"You disputed a verdict on {ID} and were right.",
        "Your teacher: It asks too much.",
    ]
    assert "✓ Accepted" in his.get("/").text
    assert "✓ passed" in his.get(f"/hand-ins/{number}").text
    assert is_genuine(his, str(number), tmp_path)
    with served.database.reading() as session:
        assert session.scalars(select(HandIn.again_of)).all() == [None]


def test_a_declined_dispute_changes_nothing_and_says_why(served: Served, tmp_path: Path) -> None:
    alan, number = failing(served, tmp_path / "first")
    teacher = browser(served, "teacher")
    asked = {"hand_in": number, "reason": WHY}
    assert ask(served.address, "/api/disputes", asked, alan)[0] == 201
    assert ask(served.address, "/api/disputes", asked, token(served, "1", CLIENT))[0] == 400
    assert graded_again(teacher, "/class/disputes/1")
    told = teacher.send("/class/disputes/1", {"do": "decline", "answer": "Section 2 asks it."})
    assert "Declined" in told.text
    late = teacher.send("/class/disputes/1", {"do": "accept", "answer": "Or not."})
    assert (late.status, "is declined already" in late.text) == (400, True)
    assert "nothing is graded again" in teacher.send("/class/disputes/1", {"do": "again"}).text
    found = ask(served.address, "/api/status", token=alan)[1]
    assert (found["score"], found["regraded"]) == (6, [])
    assert found["disputes"][0]["answer"] == "Section 2 asks it."
    with served.database.reading() as session:
        assert session.scalars(select(HandIn.again_of)).all() == [None]


def test_what_can_be_disputed(served: Served, tmp_path: Path) -> None:
    alan, first = failing(served, tmp_path / "first")
    passing = hand_in(served.address, alan, RIGHT, ID)
    others = [hand_in(served.address, alan, f"{SLIPS}# {n}\n", ID) for n in range(MOST_OPEN)]
    assert comes_true(lambda: served.queue.health().done == 2 + MOST_OPEN)

    def dispute(number: object) -> tuple[int, str]:
        data = {"hand_in": number, "reason": WHY}
        status, answer = ask(served.address, "/api/disputes", data, alan)
        return status, answer.get("error", "")

    assert "it passed" in dispute(passing)[1]
    assert "Dispute this verdict" not in browser(served, "2").get(f"/hand-ins/{passing}").text
    for odd in (True, -1, 2**31, "1", None, passing + 100):
        assert dispute(odd)[0] == 400
    assert [dispute(number)[0] for number in (first, *others)] == [201] * MOST_OPEN + [429]


def test_a_dispute_goes_along_and_is_deleted(served: Served, tmp_path: Path) -> None:
    alan, number = failing(served, tmp_path / "first")
    ask(served.address, "/api/disputes", {"hand_in": number, "reason": WHY}, alan)
    teacher = browser(served, "teacher")
    assert graded_again(teacher, "/class/disputes/1")
    with served.database.writing() as session:
        whose = member_named(session, class_named(session, "ML"), "2").person
        assert WHY in json.dumps(exported(session, whose)["classes"][0]["disputes"])
        forget(session, whose)
    with served.database.reading() as session:
        assert not session.scalars(select(Dispute)).all()
        assert session.scalars(select(HandIn.again_of)).all() == [None]
    assert teacher.get("/class/disputes/1").status == 404
