"""A leaderboard is there where a class wants one; it shows what was understood, and whom it may."""

from __future__ import annotations

from collections.abc import Callable

from class_of_three import WRONG, Browser, ask, hand_in, joined
from processes import comes_true
from servers import Served
from test_server_pages import browser

from grader.server.members import class_named, member_named
from grader.server.privacy import forget

# All is late here and counts nothing: what was understood late is understood.
RULES = """\
title: Attention
zone: Europe/Berlin
due: 2020-12-01 23:59
late: {percent_per_day: 10, days: 5}
exercises: {softmax: 4, masked_softmax: 6}
"""


def wants(served: Served, line: str) -> tuple[int, str]:
    """What the teacher is told who wants this line in classroom.yaml."""
    teacher = browser(served, "teacher")
    teacher.get("/class")
    rules = {"file": ("classroom.yaml", f"{RULES}{line}\n".encode())}
    answer = teacher.send("/class/settings", files=rules)
    return answer.status, answer.text


def pseudonym(served: Served, student: str) -> str:
    with served.database.reading() as session:
        return member_named(session, class_named(session, "ML"), student).person.pseudonym


def seen(by: Browser) -> str:
    return by.get("/leaderboard").text


def test_it_counts_what_was_passed_of_who_is_on_it(
    served: Served, solution: Callable[[str], str]
) -> None:
    ada, alan, emmy = (joined(served.address, served.code, one) for one in "123")
    names = dict(
        zip(("ada", "alan", "emmy"), (pseudonym(served, one) for one in "123"), strict=True)
    )
    reader = browser(served, "1")

    status, says = wants(served, "leaderboard: perhaps")
    assert (status, "classroom.yaml:6: leaderboard must be true or false" in says) == (400, True)
    assert reader.get("/leaderboard").status == 404, "off, as long as nobody wants it"
    assert "/leaderboard" not in reader.get("/own").text
    assert ask(served.address, "/api/status", token=ada)[1]["leaderboard"] is None
    assert wants(served, "leaderboard: true")[0] == 200
    assert "/leaderboard" in reader.get("/own").text
    assert "Nobody yet" in seen(reader)

    for source in (WRONG, solution("softmax")):  # more attempts, and it counts the same
        hand_in(served.address, ada, source)
    hand_in(served.address, ada, solution("masked_softmax"), "masked_softmax")
    hand_in(served.address, emmy, WRONG)
    assert comes_true(lambda: served.queue.health().done == 4)
    alone = seen(reader)
    assert f"<strong>{names['ada']} (you)</strong>" in alone
    assert not [
        name for name in ("Lovelace", "Noether", names["emmy"]) if name in alone.split("<main")[1]
    ]

    hand_in(served.address, alan, solution("softmax"))
    assert comes_true(lambda: served.queue.health().done == 5)
    rows = seen(reader).split("<tbody>")[1].split("</tr>")
    assert ['">2<' in row and names["alan"] in row for row in rows] == [False, True, False]
    assert ask(served.address, "/api/leaderboard", {"stays_out": True}, alan)[0] == 200
    assert seen(reader) == alone, "as if he had passed nothing"
    assert seen(browser(served, "teacher")).count("Learner") == 1
    his = browser(served, "2")
    assert names["alan"] not in seen(his)
    assert names["alan"] in his.send("/leaderboard", {"stays_out": "no"}).text
    assert his.get("/own/data.json").json()["classes"][0]["stays_out_of_leaderboard"] is False

    with served.database.writing() as session:
        forget(session, member_named(session, class_named(session, "ML"), "2").person)
    assert seen(reader) == alone
