"""Grades and reports on their way to other platforms: only what is there is filled."""

from __future__ import annotations

import base64
import io
import json
import re
import urllib.request
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from class_of_three import WRONG, Browser, hand_in
from processes import comes_true
from servers import Served
from test_server_pages import browser, token

from grader.server.members import class_named, enrol, read_roster
from grader.server.schema import CLIENT, SESSION

CANVAS = (
    "\ufeffStudent,ID,SIS Login ID,Section,Attention (7)\r\n    Points Possible,,,,10\r\n"
    '"Lovelace, Ada",1,ada,A,\r\nHopper,77,grace,A,3\r\n'
)
MOODLE = 'Name;ID number;Grade\nAda;1;"4,00"\nAlan;2;1,5\n'
ODD = "../7"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


@pytest.fixture
def teacher(served: Served, solution: Callable[[str], str]) -> Browser:
    """Of a class in which Ada has passed, and two others have not."""
    with served.database.writing() as session:
        enrol(session, class_named(session, "ML"), read_roster(f"id,name\n{ODD},Odd\n"))
    for student, source in (("1", solution("softmax")), ("2", WRONG), (ODD, WRONG)):
        hand_in(served.address, token(served, student, CLIENT), source)
    assert comes_true(lambda: served.queue.health().done == 3)
    return browser(served, "teacher")


def fill(teacher: Browser, file: str, column: str = "Attention", **fields: str) -> tuple[str, str]:
    """What the page says, and the file that it links to; empty where it links to none."""
    teacher.get("/class/gradebook")
    asked = {"platform": "canvas", "column": column, "by": "", **fields}
    answer = teacher.send("/class/gradebook", asked, {"file": ("grades.csv", file.encode())})
    assert answer.status == (400 if 'role="alert"' in answer.text else 200)
    link = re.search(r'href="data:text/csv;base64,([^"]*)" download="grades.csv"', answer.text)
    return unescape(answer.text), base64.b64decode(link[1]).decode() if link else ""


def test_a_gradebook_is_filled_once_the_difference_is_seen(teacher: Browser) -> None:
    says, filled = fill(teacher, CANVAS)
    assert "1  (empty) → 4  Lovelace, Ada" in says
    assert f"2 results are of nobody in this file: {ODD}, 2." in says
    assert "1 row has no result, and stays as it is." in says
    assert filled == CANVAS.replace("ada,A,", "ada,A,4")
    says, filled = fill(teacher, filled)
    assert "0 cells change, 1 holds the score already." in says
    assert not filled
    _, filled = fill(teacher, MOODLE, "Grade", platform="moodle", by="ID number")
    assert filled == MOODLE.replace("1,5", "0")


def test_what_cannot_be_filled_is_told(teacher: Browser) -> None:
    for file, fields, says in (
        ("", {}, "is empty"),
        (MOODLE, {}, "is no gradebook of Canvas"),
        (CANVAS, {"column": "Masks"}, "has no column 'Masks' to fill"),
        (CANVAS, {"by": "Section"}, "People are found by one of ID, SIS Login ID"),
        (CANVAS.replace(",1,", ",4,"), {}, "Of 3 ids, none stands in the column 'ID'"),
        (CANVAS, {"platform": "excel"}, "one of canvas, moodle"),
        (CANVAS + "," * 1_000_000, {}, "more than 1 MB"),
    ):
        told, filled = fill(teacher, file, **fields)
        assert says in told
        assert not filled


def test_of_each_student_gradescope_gets_one_file(served: Served, teacher: Browser) -> None:
    session = {"Cookie": f"session={token(served, 'teacher', SESSION)}"}
    asked = urllib.request.Request(f"{served.address}/class/gradescope.zip", headers=session)
    with urllib.request.urlopen(asked) as answer, zipfile.ZipFile(io.BytesIO(answer.read())) as of:
        found = {name: json.loads(of.read(name)) for name in of.namelist()}
    assert set(found) == {"1.results.json", "2.results.json", "..%2F7.results.json"}
    statuses = {name: {test["status"] for test in one["tests"]} for name, one in found.items()}
    assert statuses["1.results.json"] == {"passed"}
    assert "failed" in statuses["2.results.json"]
