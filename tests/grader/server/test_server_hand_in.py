"""What is handed in is received, graded once, and shown: from a terminal and from a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from class_of_three import WRONG, Browser, ask, hand_in, joined, states
from processes import comes_true
from servers import Served

Solution = Callable[[str], str]


def test_who_waits_sees_a_place_in_the_queue(served: Served) -> None:
    endless = "def softmax(x, dim=-1):\n    while True: pass\n"
    alan = joined(served.address, served.code, "2")
    hand_in(served.address, alan, endless)
    hand_in(served.address, alan, endless)
    hand_in(served.address, alan, WRONG)
    ada = Browser(served.address)
    ada.enter(served.code, "1")
    seen = ada.upload("softmax", WRONG).text
    assert re.search(r"… waiting; [123] before it", seen), seen
    assert re.search(r"<td>… waiting; [123] before it", ada.get("/own").text)
    _, told = ask(served.address, "/api/status", token=alan)
    assert re.fullmatch(r"waiting; [12] before it.*", told["hand_ins"][0]["progress"])


def test_a_class_of_three_hands_in_and_gets_grades(served: Served, solution: Solution) -> None:
    server = served.address
    ada = joined(server, served.code, "Ada Lovelace")
    alan = joined(server, served.code, "2")
    hand_in(server, ada, WRONG)
    hand_in(server, ada, solution("softmax"))
    hand_in(server, alan, WRONG)
    emmy = Browser(server)
    emmy.enter(served.code, "emmy  NOETHER")
    emmy.upload("softmax", solution("softmax"), "softmax (2).py")
    assert comes_true(lambda: served.queue.health().done == 4)

    assert sorted(states(server, ada).values()) == ["failed", "passed"]
    _, told = ask(server, "/api/status", token=ada)
    assert (told["score"], told["max_score"]) == (4.0, 10.0)
    assert "softmax: passed" in emmy.get("/").text or "✓ passed" in emmy.get("/").text

    teacher = Browser(server)
    teacher.enter(served.teacher)
    assert "Ada Lovelace" in teacher.get("/class").text
    lines = teacher.get("/class/results.jsonl").text.splitlines()
    assert len(lines) == 3
    assert '"id": "1", "score": 4.0' in lines[0]
    assert '"id": "3", "score": 4.0' in lines[2]
    report = teacher.get("/class/report")
    assert "What the class did not understand" in report.text
