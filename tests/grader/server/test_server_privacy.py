"""What is kept of a student is theirs to have, and goes when asked for or when its time is over."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from class_of_three import CLASSROOM, WRONG, Browser, ask, hand_in, joined
from processes import comes_true
from servers import Served
from sqlalchemy import select, text
from test_server_pages import browser
from test_server_threads import THREAD, send

from grader.server.database import Database
from grader.server.gradebook import class_grades
from grader.server.members import (
    change_settings,
    class_named,
    classroom,
    enrol,
    member_named,
    read_roster,
)
from grader.server.privacy import clear, exported, forget
from grader.server.queue import utc_now
from grader.server.schema import SESSION, Base, HandIn, Notice, Person, Post
from grader.server.threads import Threads
from grader.server.tokens import new_token

MARK = "what only Ada wrote"
ADA = "id,name\nada-1815,Ada Byron\n"


def everything(database: Database) -> str:
    """All rows of all tables, as text."""
    with database.reading() as session:
        return "\n".join(
            str(row)
            for table in Base.metadata.sorted_tables
            for row in session.execute(text(f"SELECT * FROM {table.name}"))
        )


def class_with_ada(served: Served, solution: str) -> tuple[str, Browser]:
    """She has an extension, a verdict and a session; and the teacher is signed in."""
    rules = CLASSROOM + 'extensions:\n  - {student: "ada-1815", due: 2126-12-05 23:59}\n'
    with served.database.writing() as session:
        here = class_named(session, "ML")
        enrol(session, here, read_roster(ADA))
        change_settings(session, here, rules)
    token = joined(served.address, served.code, "ada-1815")
    hand_in(served.address, token, f"# {MARK}\n{solution}")
    assert comes_true(lambda: served.queue.health().done == 1)
    teacher = Browser(served.address)
    teacher.enter(served.teacher)
    return token, teacher


def test_a_student_is_exported_and_deleted_and_the_grade_stays(
    served: Served, solution: Callable[[str], str]
) -> None:
    token, teacher = class_with_ada(served, solution("softmax"))
    teacher.get("/class/students/ada-1815")
    told = teacher.send("/class/person/data.json", {"student": "ada-1815"}).json()
    (here,) = told["classes"]
    assert (told["name"], here["id"], here["grade"]["score"]) == ("Ada Byron", "ada-1815", 4.0)
    (kept,) = here["hand_ins"]
    assert MARK in kept["files"]["softmax.py"]
    assert kept["report"]["outcome"] == "passed"
    assert token not in json.dumps(told)

    hand_in(served.address, token, "while True: pass", "masked_softmax")  # waits, or is at work
    teacher.get("/class/students/ada-1815")
    again = {"student": "ada-1815", "confirm": "ada"}
    assert "Nothing is deleted" in teacher.send("/class/person/delete", again).text
    answer = teacher.send("/class/person/delete", again | {"confirm": "ada-1815"})
    assert "ada-1815 is deleted" in answer.text
    left = everything(served.database)
    for word in (MARK, "Ada Byron", "ada-1815"):
        assert word not in left
    assert ask(served.address, "/api/status", token=token)[0] == 401
    line = json.loads(teacher.get("/class/results.jsonl").text)
    assert (line["id"][:8], line["score"]) == ("deleted-", 4.0)
    assert "Nothing is graded yet" in teacher.get("/class/report").text
    assert teacher.get(f"/class/students/{line['id']}").status == 200


def ask_peers(served: Served) -> None:
    """Ada asks, shows the report of a failed hand-in, and was told of another score."""
    with served.database.reading() as session:
        ada = member_named(session, class_named(session, "ML"), "ada-1815")
    queue, before = served.queue, served.queue.health().done
    queue.receive(ada.id, "softmax", {"softmax.py": b"def softmax(x, dim): return x"}, "second")
    assert comes_true(lambda: queue.health().done > before)
    with served.database.writing() as session:
        session.add(Notice(membership_id=ada.id, at=utc_now(), says=f"Graded again: {MARK}"))
    Threads(served.database).ask(ada, "softmax", f"Why? {MARK}", True, True)
    with served.database.reading() as session:
        assert session.scalars(select(Post.hand_in_id)).one() is not None


def test_what_was_written_to_peers_goes_along(
    served: Served, solution: Callable[[str], str]
) -> None:
    class_with_ada(served, solution("softmax"))
    ask_peers(served)
    with served.database.reading() as session:
        ada = member_named(session, class_named(session, "ML"), "ada-1815").person
        (here,) = exported(session, ada)["classes"]
    assert [post["text"] for post in here["posts"]] == [f"Why? {MARK}"]
    assert [one["says"] for one in here["regraded"]] == [f"Graded again: {MARK}"]
    with served.database.writing() as session:
        forget(session, member_named(session, class_named(session, "ML"), "ada-1815").person)
    assert MARK not in everything(served.database)


def test_a_post_stays_when_the_report_that_it_shows_has_had_its_time(
    served: Served, solution: Callable[[str], str]
) -> None:
    class_with_ada(served, solution("softmax"))
    ask_peers(served)
    with served.database.writing() as session:
        rules = CLASSROOM + "retention: {grades_days: 300}\n"
        change_settings(session, class_named(session, "ML"), rules)
        clear(session, utc_now() + timedelta(days=301))
    with served.database.reading() as session:
        assert not session.scalars(select(HandIn.id)).all()
        assert not session.scalars(select(Notice.id)).all()
        assert session.scalars(select(Post.hand_in_id)).all() == [None]
        assert MARK in session.scalars(select(Post.text)).one()


def test_a_student_takes_along_only_their_own(
    served: Served, solution: Callable[[str], str]
) -> None:
    class_with_ada(served, solution("softmax"))
    alan = Browser(served.address)
    alan.enter(served.code, "2")
    told = alan.get("/own/data.json")
    assert told.json()["name"] == "Alan Turing"
    assert MARK not in told.text
    assert alan.get("/").text.count("/own/data.json") == 1
    assert alan.send("/class/person/delete", {"student": "1", "confirm": "1"}).status == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_takes_along_what_others_wrote(served: Served) -> None:
    """But the answer to a dispute, which was said to its author."""
    ada, alan, teacher = (browser(served, one) for one in ("1", "2", "teacher"))
    ada.upload("softmax", f"{WRONG}# code of ada")
    alan.upload("softmax", f"{WRONG}# code of alan")
    assert comes_true(lambda: served.queue.health().done == 2)
    send(ada, THREAD, text="question of ada")
    send(alan, "/posts/1/answer", text="answer of alan")
    send(ada, "/posts/2/report", why="report of ada")
    send(teacher, "/posts/2/moderate", what="folded", why="moderation of teacher")
    send(ada, "/hand-ins/1/dispute", reason="dispute of ada")
    send(teacher, "/class/disputes/1", do="decline", answer="decision of teacher")

    def taken(who: Browser) -> set[str]:
        return set(re.findall(r"\w+ of (?:ada|alan|teacher)", who.get("/own/data.json").text))

    assert taken(alan) == {"code of alan", "answer of alan"}
    assert taken(teacher) == {"moderation of teacher", "decision of teacher"}
    own = {f"{what} of ada" for what in ("code", "question", "report", "dispute")}
    assert taken(ada) == own | {"decision of teacher"}


def test_a_student_deletes_who_they_are_by_page_and_from_a_terminal(
    served: Served, solution: Callable[[str], str]
) -> None:
    class_with_ada(served, solution("softmax"))
    alan = joined(served.address, served.code, "2")
    hand_in(served.address, alan, "def softmax(x, dim=-1): return x * float('nan')  # \udcff")
    assert comes_true(lambda: served.queue.health().done == 2)
    status, told = ask(served.address, "/api/own", token=alan)
    assert (status, told["name"]) == (200, "Alan Turing")
    with served.database.writing() as session:
        ada = member_named(session, class_named(session, "ML"), "ada-1815")
        session_token = new_token(session, ada, SESSION, utc_now())
    browser = Browser(served.address)
    browser.hold(session_token)
    assert "Bare numbers stay for 730 days" in browser.get("/own").text
    wrong = browser.send("/own/delete", {"confirm": "2"})
    assert (wrong.status, "Nothing is deleted" in wrong.text) == (400, True)
    assert "You are deleted here" in browser.send("/own/delete", {"confirm": "ada-1815"}).text
    assert browser.get("/own").url.endswith("/enter")
    left = everything(served.database)
    assert not [word for word in (MARK, "Ada Byron", "ada-1815") if word in left]
    assert "Alan Turing" in left

    path = "/api/own/delete"
    assert ask(served.address, path, {"confirm": "ada-1815"}, alan)[0] == 400
    status, told = ask(served.address, path, {"confirm": "2"}, alan)
    assert (status, "730 days" in told["kept"]) == (200, True)
    assert ask(served.address, "/api/status", token=alan)[0] == 401
    assert "Alan Turing" not in everything(served.database)


def test_a_class_is_not_left_without_a_teacher(served: Served) -> None:
    teacher = Browser(served.address)
    teacher.enter(served.teacher)
    fields = {"student": "teacher", "confirm": "teacher"}
    answer = teacher.send("/class/person/delete", fields)
    assert (answer.status, "without a teacher" in answer.text) == (400, True)


def test_what_has_had_its_time_goes(served: Served, solution: Callable[[str], str]) -> None:
    class_with_ada(served, solution("softmax"))
    with served.database.writing() as session:
        rules = CLASSROOM + "retention: {code_days: 30, grades_days: 300}\n"
        change_settings(session, class_named(session, "ML"), rules)

    def after(days: int) -> tuple[bool, int]:
        """Whether the code is there after so many days, and how many verdicts."""
        with served.database.writing() as session:
            clear(session, utc_now() + timedelta(days=days))
        with served.database.reading() as session:
            count = len(session.scalars(select(HandIn.id)).all())
        return MARK in everything(served.database), count

    assert after(29) == (True, 1)
    assert after(31) == (False, 1)
    with served.database.writing() as session:
        here = class_named(session, "ML")
        assert max(one.score or 0 for one in class_grades(session, here, classroom(rules))) == 4
        forget(session, member_named(session, here, "ada-1815").person)
    assert after(299) == (False, 1)
    assert after(301) == (False, 0)
    with served.database.reading() as session:
        assert not session.scalars(select(Person).where(Person.issuer == "deleted")).all()


def test_a_person_by_command(tmp_path: Path) -> None:
    (tmp_path / "classroom.yaml").write_text(CLASSROOM)
    (tmp_path / "roster.csv").write_text(ADA)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "grader.cli", "serve", "--data", "data", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    run("class", "new", "ML", "--classroom", "classroom.yaml", "--roster", "roster.csv")
    assert json.loads(run("person", "export", "ML", "ada-1815").stdout)["name"] == "Ada Byron"
    assert "ada-1815 is deleted" in run("person", "delete", "ML", "ada-1815").stdout
    again = run("person", "export", "ML", "ada-1815")
    assert (again.returncode, "Nobody in ML has the id" in again.stderr) == (2, True)
