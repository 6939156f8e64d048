"""A class that is too large to be drawn whole whenever somebody looks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from class_of_three import WRONG, Browser, hand_in
from servers import Served
from test_server_pages import browser, token

from grader.server.members import class_named, enrol, read_roster
from grader.server.schema import CLIENT
from grader.server.web.drawings import RESTS, Drawings
from grader.server.web.streams import News
from grader.server.web.teacher_pages import MOST_STUDENTS

ALL = 3 + 2 * MOST_STUDENTS  # with the three of the class


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


def listed(teacher: Browser, path: str) -> list[str]:
    text = teacher.get(path).text
    return re.findall(r'href="/class/students/([^"]+)"', text)


def test_each_student_is_on_one_part_of_the_page_and_can_be_found(served: Served) -> None:
    lines = "".join(f"x{n:04},Student {n}\n" for n in range(ALL - 3))
    with served.database.writing() as session:
        enrol(session, class_named(session, "ML"), read_roster(f"id,name\n{lines}"))
    teacher = browser(served, "teacher")
    parts = [listed(teacher, f"/class?part={number}") for number in (1, 2, 3)]
    assert [len(part) for part in parts] == [MOST_STUDENTS, MOST_STUDENTS, 3]
    assert len({*parts[0], *parts[1], *parts[2]}) == ALL
    assert parts[0] == listed(teacher, "/class")
    assert f"{ALL} students; part 1 of 3 · <a" in teacher.get("/class").text
    assert listed(teacher, "/class?find=LOVEL") == ["1"]
    assert listed(teacher, "/class?find=x0007") == ["x0007"]
    assert "0 students found" in teacher.get("/class?find=<nobody>").text
    tried = ["1", f"x{ALL - 4:04}"]  # the first and the last
    for student in tried:
        hand_in(served.address, token(served, student, CLIENT), WRONG)
    lines = teacher.get("/class/results.jsonl").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == tried
    for odd in ("0", "-1", "9999", "%C2%B2", "x", "9" * 500):
        assert listed(teacher, f"/class?part={odd}")


def test_a_costly_page_is_drawn_in_a_tenth_of_the_time_and_once_for_all() -> None:
    """By clocks that the test sets."""
    clock, spent, drawn = 0.0, 0.0, 0
    drawings = Drawings(lambda: clock, lambda: spent)

    def draw() -> str:
        nonlocal spent, drawn
        spent, drawn = spent + 3, drawn + 1
        return f"page {drawn}"

    def page(mark: str, of: str = "ada") -> str:
        return drawings.page(1, News(mark, mark), of, draw)

    assert drawings.told(1, News("a", "a")).mark == "a"
    assert [page("a"), page("b"), page("b")] == ["page 1"] * 3
    clock = 3 * RESTS - 1
    assert (page("b"), drawings.told(1, News("b", "b")).mark) == ("page 1", "a")
    assert drawings.page(2, News("b", "b"), "ada", lambda: "another class") == "another class"
    assert page("b", of="nobody") == "page 2", "whom it named is deleted"
    clock += 3 * RESTS
    assert (drawings.told(1, News("c", "c")).mark, page("c", "nobody")) == ("c", "page 3")
