"""A teacher gives more time by page; it stands in classroom.yaml, and counts at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from class_of_three import CLASSROOM, Browser, hand_in, joined
from processes import comes_true
from servers import Served

from grader.errors import UsageError
from grader.server.extensions import with_extension
from grader.server.members import change_settings, class_named, classroom

LATE = CLASSROOM.replace("2126", "2020")
OTHERS = """extensions:   # by e-mail
  - {student: "2", due: 2020-12-09 12:00, reason: "ill: flu"}
"""


def test_by_page(served: Served, solution: Callable[[str], str]) -> None:
    with served.database.writing() as session:
        change_settings(session, class_named(session, "ML"), LATE)
    ada = Browser(served.address)
    ada.enter(served.code, "1")
    hand_in(served.address, joined(served.address, served.code, "2"), solution("softmax"))
    ada.upload("softmax", solution("softmax"))
    assert comes_true(lambda: served.queue.health().done == 2)
    teacher = Browser(served.address)
    teacher.enter(served.teacher)
    for due, points in (("2126-12-05 23:59", "4 of 10"), ("", "0 of 10")):
        teacher.get("/class/students/1")
        answer = teacher.send("/class/extension", {"student": "1", "due": due})
        assert "is changed" in answer.text
        assert f'value="{due}"' in answer.text
        assert f"{points} points" in ada.get("/").text
        assert "0 of 10 points" in teacher.get("/class/students/2").text, "nobody else's"
    teacher.get("/class/students/1")
    answer = teacher.send("/class/extension", {"student": "1", "due": "soon"})
    assert (answer.status, "A time is written as" in answer.text) == (400, True)


@pytest.mark.parametrize("text", [LATE, LATE + OTHERS, OTHERS + LATE, OTHERS + "\n" + LATE])
def test_all_else_in_the_settings_stays(text: str) -> None:
    before = classroom(text)
    given = with_extension(text, '1 "x"', "2020-12-05 23:59")
    assert classroom(given).extensions.keys() == {*before.extensions, '1 "x"'}
    assert ("ill: flu" in given) == ("ill: flu" in text)
    back = classroom(with_extension(given, '1 "x"', ""))
    assert (back.extensions, back.due, back.points) == (
        before.extensions,
        before.due,
        before.points,
    )


@pytest.mark.parametrize(
    "text", ["title: T\nexercises: {softmax: 1}\n", "{" + ", ".join(LATE.splitlines()) + "}"]
)
def test_what_cannot_be_extended_is_told(text: str) -> None:
    with pytest.raises(UsageError):
        with_extension(text, "1", "2020-12-05 23:59")
