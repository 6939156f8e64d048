"""A suite has changed: whose score that changes is shown to the teacher before it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from class_of_three import ROSTER, Browser, ask, hand_in, is_genuine, joined
from processes import comes_true
from servers import Served
from sqlalchemy import select

from grader.classroom.keys import Ed25519PrivateKey
from grader.server.members import change_settings, class_named, enrol, member_named, read_roster
from grader.server.queue import utc_now
from grader.server.schema import CLIENT, SESSION, HandIn
from grader.server.tokens import new_token

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "linear_regression"
ID = "mean_squared_error"
RIGHT = "import torch\ndef mean_squared_error(x, y, slope, intercept):\n"
RIGHT += "    e = slope * x + intercept - y\n    return (e * e).mean()\n"
SLIPS = RIGHT.replace("mean()", "mean() * (2 if slope == 77.0 else 1)")  # and no suite asks so far
STRICTER = """

@pytest.mark.points(2)
def test_a_steep_line(submission, rng, expect):
    \"\"\"A steep line has its error, too.\"\"\"
    x, y, _, _ = points(rng, 5)
    expect(submission.mean_squared_error(x, y, 77.0, 0.0)).matches(error(x, y, 77.0, 0.0).float())
"""


def teach(served: Served, folder: Path, more: str) -> None:
    """The class has this course from now on, as after a new start of its server."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    suite = folder / "suites" / "ch01_lines" / ID / f"test_{ID}.py"
    suite.write_text(suite.read_text("utf-8") + more, "utf-8")
    with served.database.writing() as session:
        rules = f"title: Lines\ncourse: {folder}\nexercises: {{{ID}: 8}}\n"
        change_settings(session, class_named(session, "ML"), rules)


def token(served: Served, student: str, kind: str) -> str:
    with served.database.writing() as session:
        member = member_named(session, class_named(session, "ML"), student)
        return new_token(session, member, kind, utc_now())


def browser(served: Served, student: str) -> Browser:
    signed_in = Browser(served.address)
    signed_in.hold(token(served, student, SESSION))
    return signed_in


def rows(served: Served) -> list[HandIn]:
    with served.database.reading() as session:
        return list(session.scalars(select(HandIn).order_by(HandIn.id)))


@pytest.fixture
def signing_key(class_key: Ed25519PrivateKey) -> Ed25519PrivateKey:
    return class_key


def test_whose_score_would_change_is_shown_and_then_applied_or_not(
    served: Served, tmp_path: Path
) -> None:
    teach(served, tmp_path / "first", "")
    with served.database.writing() as session:
        enrol(session, class_named(session, "ML"), read_roster(ROSTER))
    ada, alan = (joined(served.address, served.code, student) for student in ("1", "2"))
    hand_in(served.address, ada, RIGHT, ID)
    number = hand_in(served.address, alan, SLIPS, ID)
    assert comes_true(lambda: served.queue.health().done == 2)
    teacher = browser(served, "teacher")
    assert "There is nothing to grade again" in teacher.get("/class/regrade").text

    teach(served, tmp_path / "second", STRICTER)
    assert "2 verdicts are by earlier tests" in teacher.get("/class/regrade").text
    teacher.send("/class/regrade", {"do": "begin"})
    api = token(served, "teacher", CLIENT)

    def preview(more: str = "") -> dict[str, object]:
        told: dict[str, object] = ask(served.address, f"/api/regrade{more}", token=api)[1]
        return told

    assert comes_true(lambda: preview()["graded"] == 2)
    (change,) = preview()["changes"]  # type: ignore[misc]
    assert (change["id"], change["before"], change["after"]) == ("2", 8.0, 6.0)  # type: ignore[index]
    shown = teacher.get("/class/regrade").text
    assert "Alan Turing (2): 8 → 6 of 8 points" in shown
    assert "new test “A steep line has its error, too.”: failed, 0 of 2\n        now: " in shown
    assert preview("?never_lower")["changes"] == []

    def score(of: str) -> float:
        found: float = ask(served.address, "/api/status", token=of)[1]["score"]
        return found

    second = max(row.id for row in rows(served) if row.again_of == number)
    assert browser(served, "2").get(f"/hand-ins/{second}").status == 404
    assert [score(one) for one in (ada, alan)] == [8, 8], "nothing counts yet"
    assert (
        "1 verdict is of the new tests"
        in teacher.send("/class/regrade", {"do": "apply", "never_lower": "yes"}).text
    )
    assert [score(one) for one in (ada, alan)] == [8, 8]
    assert [row.again_of for row in rows(served)] == [None, None]

    assert ask(served.address, "/api/regrade", {"do": "begin"}, api)[1]["earlier"] == 1
    assert comes_true(lambda: preview()["graded"] == 1)
    assert ask(served.address, "/api/regrade", {"do": "apply"}, api)[1]["earlier"] == 0
    assert [score(one) for one in (ada, alan)] == [8, 6]
    his = browser(served, "2")
    (told,) = ask(served.address, "/api/status", token=alan)[1]["regraded"]
    assert told["says"] == change["message"]  # type: ignore[index]
    assert "8 points before, 6 of 8 now" in his.get("/").text
    assert "Graded again" not in browser(served, "1").get("/").text, "her score is what it was"
    page = his.get(f"/hand-ins/{number}").text
    assert "A steep line has its error" in page
    suite = next(row.suite for row in rows(served) if row.id == number)
    assert f"tests of version {suite}; " in page
    assert "landlock" in page, "what it takes to explain it later"
    assert is_genuine(his, str(number), tmp_path), "what is signed is the verdict of today"
    assert "A steep line has its error" in (tmp_path / "verdict.json").read_text("utf-8")


def test_what_is_not_graded_again_yet_is_not_applied_and_can_be_dropped(
    served: Served, tmp_path: Path
) -> None:
    teach(served, tmp_path / "first", "")
    hand_in(served.address, token(served, "1", CLIENT), RIGHT, ID)
    assert comes_true(lambda: served.queue.health().done == 1)
    teach(served, tmp_path / "second", STRICTER)
    endless = RIGHT.replace("    e =", "    while True: pass\n    e =")
    hand_in(served.address, token(served, "2", CLIENT), endless, ID)  # keeps the one worker busy
    teacher = browser(served, "teacher")
    teacher.get("/class/regrade")
    teacher.send("/class/regrade", {"do": "begin"})
    early = teacher.send("/class/regrade", {"do": "apply"})
    assert (early.status, "Not all is graded again yet" in early.text) == (400, True)
    assert "dropped" in teacher.send("/class/regrade", {"do": "drop"}).text
    assert [row.again_of for row in rows(served)] == [None, None]
