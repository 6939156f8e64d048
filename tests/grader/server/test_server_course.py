"""A class with a teacher's own course, and answers in notebooks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from class_of_three import CLASSROOM, WRONG, Browser, hand_in, joined
from processes import comes_true
from servers import Served
from sqlalchemy import select

from grader.errors import UsageError
from grader.server.members import change_settings, class_named, settings_of, with_course_of
from grader.server.queue import unpacked
from grader.server.schema import HandIn

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "linear_regression"
FIRST = "mean_squared_error"
OWN = f"title: Lines\ncourse: my course\nexercises:\n  {FIRST}: 5\n"


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def ada(served: Served) -> Browser:
    browser = Browser(served.address)
    browser.enter(served.code, "1")
    return browser


def test_a_class_has_its_own_course(served: Served, ada: Browser, tmp_path: Path) -> None:
    course = shutil.copytree(EXAMPLE, tmp_path / "my course")
    kept = settings_of(tmp_path / "classroom.yaml", OWN)
    with served.database.writing() as session:
        change_settings(session, class_named(session, "ML"), kept)
    solution = next(course.glob(f"suites/*/{FIRST}/solution.py")).read_text()
    ada.upload(FIRST, solution)
    alan = joined(served.address, served.code, "2")
    hand_in(served.address, alan, f"def {FIRST}(*values): return 1.0\n", FIRST)
    assert comes_true(lambda: served.queue.health().done == 2)
    assert "5 of 5 points" in ada.get("/").text
    teacher = Browser(served.address)
    teacher.enter(served.teacher)
    assert "mean_squared_error" in teacher.get("/class/report").text.lower()

    teacher.get("/class")
    again = {"file": ("classroom.yaml", OWN.replace("5", "8").encode())}
    assert "is changed" in teacher.send("/class/settings", files=again).text
    assert "8 of 8 points" in ada.get("/").text


@pytest.mark.parametrize(
    "line",
    [
        "course: /tmp/evil",
        '"course": {evil}',
        "? course\n: {evil}",
        "course: ../my course\n'course': {evil}",
        "",
    ],
)
def test_a_page_never_says_whose_suites_run_here(line: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "my course")
    evil = shutil.copytree(EXAMPLE, tmp_path / "evil")
    own = settings_of(tmp_path / "classroom.yaml", OWN)
    told = OWN.replace("course: my course", line.format(evil=evil))
    for kept in (CLASSROOM, own) if line else (own,):
        with pytest.raises(UsageError, match=r"classroom\.yaml|keeps its course"):
            with_course_of(kept, told)


def test_the_cell_of_a_notebook_that_answers_is_handed_in(
    served: Served, ada: Browser, solution: Callable[[str], str]
) -> None:
    text = notebook("import torch", "print('a demo')", solution("softmax"), "!pip install x")
    ada.upload("softmax", text, "My Notebook.ipynb")
    assert comes_true(lambda: served.queue.health().done == 1)
    assert "4 of 10 points" in ada.get("/").text
    with served.database.reading() as session:
        (kept,) = session.scalars(select(HandIn.files))
    assert set(unpacked(kept)) == {"softmax.py"}, "no output and no other cell is kept"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no notebook"),
        (notebook("x = 1"), "No cell defines softmax"),
        (notebook(WRONG, WRONG.replace("return x", "return 2 * x")), "There are several answers"),
        (notebook("<<<<<<< ours\n" + WRONG), "cell"),
    ],
)
def test_a_notebook_without_one_answer_is_told(
    text: str, says: str, served: Served, ada: Browser
) -> None:
    answer = ada.upload("softmax", text, "a.ipynb")
    assert (answer.status, says in answer.text) == (400, True), answer.text
    assert served.queue.health().waiting == 0
