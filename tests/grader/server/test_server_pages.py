"""Who may see and do what, and that no page does what a stranger or a learner's text wants."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from class_of_three import WRONG, Browser, ask, hand_in, joined
from processes import comes_true
from servers import Served
from starlette.routing import Route

from grader.errors import UsageError
from grader.server.members import class_named, enrol, member_named, new_class, read_roster
from grader.server.queue import utc_now
from grader.server.roles import RIGHTS, Action, Role, may
from grader.server.schema import CLIENT, CODE, DONE, SESSION
from grader.server.serve import check_host
from grader.server.tokens import new_token
from grader.server.web.app import ROUTES

PUBLIC = {"/enter", "/login", "/login/back", "/api/join", "/api/openapi.json"}
PLACES = {"{exercise}": "softmax", "{number:int}": "1", "{student:path}": "1"}
SECURITY = Path(__file__).parents[3] / "docs" / "security.md"
IDS = {Role.STUDENT: "1", Role.ASSISTANT: "9", Role.TEACHER: "teacher"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
HOSTILE_CELL = HOSTILE.replace('"', '""')


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


def token(served: Served, student: str, kind: str, of: str = "ML") -> str:
    with served.database.writing() as session:
        member = member_named(session, class_named(session, of), student)
        return new_token(session, member, kind, utc_now())


def browser(served: Served, student: str, of: str = "ML") -> Browser:
    signed_in = Browser(served.address)
    signed_in.hold(token(served, student, SESSION, of))
    assert signed_in.get("/own").status == 200
    return signed_in


def path_of(route: Route) -> str:
    path = route.path
    for name, value in PLACES.items():
        path = path.replace(name, value)
    return path


def guard(route: Route) -> Action | None:
    return getattr(getattr(route.endpoint, "__self__", None), "action", None)


def status_of(served: Served, route: Route, student: str) -> int:
    """What this member is answered; their forms carry their own token."""
    if route.path.startswith("/api/"):
        data = {} if "POST" in (route.methods or ()) else None
        return ask(served.address, path_of(route), data, token(served, student, CLIENT))[0]
    if "POST" in (route.methods or ()):
        return browser(served, student).send(path_of(route)).status
    with closing(HTTPConnection(urlsplit(served.address).netloc)) as connection:
        session = {"Cookie": f"session={token(served, student, SESSION)}"}
        connection.request("GET", path_of(route), headers=session)
        return connection.getresponse().status  # what goes on is not waited for


def test_every_route_asks_the_table_or_is_public() -> None:
    assert {route.path for route in ROUTES if guard(route) is None} == PUBLIC
    assert {guard(route) for route in ROUTES} - {None} == set(RIGHTS)


def test_each_role_may_do_what_the_table_says_and_nothing_else(served: Served) -> None:
    hand_in(served.address, token(served, "1", CLIENT), WRONG)
    # To leave ends a session, and a new code ends all of them: last.
    for route in sorted(ROUTES, key=lambda route: route.path in ("/leave", "/class/code")):
        action = guard(route)
        for role, student in IDS.items():
            if action:
                status = status_of(served, route, student)
                assert (status == 403) is not may(role, action), (route.path, role, status)
                assert status < 500, (route.path, role)


def test_a_stranger_sees_nothing(served: Served) -> None:
    hand_in(served.address, token(served, "1", CLIENT), WRONG)
    for route in ROUTES:
        if guard(route) and route.path.startswith("/api/"):
            data = {} if "POST" in (route.methods or ()) else None
            for wrong in ("", "x" * 43):
                assert ask(served.address, path_of(route), data, wrong)[0] == 401
        elif guard(route):
            stranger = Browser(served.address)
            is_post = "POST" in (route.methods or ())
            path = path_of(route)
            answer = stranger.post(path, {}) if is_post else stranger.get(path)
            assert urlsplit(answer.url).path == "/enter", path


def test_the_page_on_security_has_the_table() -> None:
    lines = SECURITY.read_text("utf-8").splitlines()
    for action, roles in RIGHTS.items():
        cells = " | ".join("yes" if role in roles else "–" for role in Role)
        assert f"| {action} | {cells} |" in lines


def test_nobody_sees_another_students_work_nor_another_class(served: Served) -> None:
    number = hand_in(served.address, token(served, "1", CLIENT), WRONG)
    made, _ = new_class(served.database, "Other", "title: T\nexercises: {softmax: 1}\n")
    with served.database.writing() as session:
        enrol(session, made, read_roster("id,name,role\n1,Eve,\nt,Tim,teacher\n"))
    for student, of in (("2", "ML"), ("1", "Other"), ("t", "Other")):
        other = browser(served, student, of)
        assert other.get(f"/hand-ins/{number}").status == 404
        assert other.get(f"/hand-ins/{number}/events").status == 404
        assert "Lovelace" not in other.get("/").text
    tim = browser(served, "t", "Other")
    assert tim.send(f"/hand-ins/{number}/again").status == 404
    assert browser(served, "9").get(f"/hand-ins/{number}").status == 200


def test_a_form_counts_only_from_a_page_of_ours(served: Served) -> None:
    teacher = browser(served, "teacher")
    roster = {"file": ("roster.csv", b"id,name\n4,Eve\n")}
    right = {"form_token": teacher.hidden("form_token")}
    for fields, headers in (
        ({}, {}),
        ({"form_token": "0" * 64}, {}),
        ({"form_token": browser(served, "2").hidden("form_token")}, {}),
        (right, {"Origin": "https://elsewhere.example"}),
        (right, {"Sec-Fetch-Site": "cross-site"}),
    ):
        assert teacher.post("/class/roster", fields, roster, headers).status == 403
    assert "1 added" in teacher.post("/class/roster", right, roster).text


def test_a_session_cannot_be_read_by_scripts_and_ends(served: Served) -> None:
    ada = Browser(served.address)
    ada.enter(token(served, "1", CODE))
    (cookie,) = ada.jar
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    kept = cookie.value
    ada.get("/")
    ada.send("/leave")
    again = Browser(served.address)
    answer = again.post("/connect", {}, headers={"Cookie": f"session={kept}"})
    assert urlsplit(answer.url).path == "/enter"


def test_a_code_is_for_one_and_for_once(served: Served) -> None:
    joined(served.address, served.code, "Ada Lovelace")
    for code, name, says in (
        (served.code, "1", "has joined as this person"),
        (served.code, "Eve", "not listed"),
        (served.code, "", "your name or id"),
        (served.code, "Grace Hopper", "not listed"),  # who is no student has a code of their own
        ("ABCDEFGH", "1", "not known"),
    ):
        status, answer = ask(served.address, "/api/join", {"code": code, "name": name})
        assert (status, says in answer["error"]) == (403, True), answer
    own = token(served, "1", CODE)
    joined(served.address, own, "")
    assert ask(served.address, "/api/join", {"code": own})[0] == 403


def test_codes_cannot_be_guessed_without_end(served: Served) -> None:
    tried = [ask(served.address, "/api/join", {"code": f"GUESS{n:03}"})[0] for n in range(70)]
    assert tried[0] == 403
    assert tried[-1] == 429


def test_no_text_of_a_learner_is_more_than_text(served: Served) -> None:
    with served.database.writing() as session:
        enrol(session, class_named(session, "ML"), read_roster(f'id,name\n7,"{HOSTILE_CELL}"\n'))
    eve = token(served, "7", CLIENT)
    number = hand_in(served.address, eve, f"'''{HOSTILE}'''\nraise ValueError({HOSTILE!r})")
    assert comes_true(lambda: served.queue.health().done == 1)
    teacher = browser(served, "teacher")
    for path in ("/class", f"/hand-ins/{number}", "/class/students/7", "/class/report", "/health"):
        page = teacher.get(path)
        assert page.status == 200
        assert not re.search(r"<(img|script>alert)", page.text), path
        assert "49}" not in page.text
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
    page = teacher.get(f"/hand-ins/{number}").text
    assert "alert(1)" in page
    assert re.search(
        r'<section aria-label="softmax: not passed">.*<span class="failed">✗', page, re.S
    )
    assert "style=" not in page, "the policy forbids it"


def test_a_verdict_comes_by_itself(served: Served) -> None:
    number = hand_in(served.address, token(served, "1", CLIENT), WRONG)
    events = browser(served, "1").get(f"/hand-ins/{number}/events")
    told = [json.loads(line[6:]) for line in events.text.splitlines() if line.startswith("data")]
    assert events.headers["content-type"].startswith("text/event-stream")
    assert told[-1]["mark"] == DONE


@pytest.mark.parametrize(
    ("exercise", "files", "says"),
    [
        ("scaled", {"scaled.py": ""}, "does not ask for"),
        ("softmax", {"other.py": ""}, "softmax.py is missing"),
        ("softmax", {"softmax.py": "", "../x.py": ""}, "no name for a file"),
        ("softmax", {"softmax.py": "#" * 300_000}, "256 KB"),
        ("softmax", {f"{n}.py": "" for n in range(30)} | {"softmax.py": ""}, "too many"),
        ("softmax", {"softmax.py": 1}, "texts of files"),
        ("softmax", {"softmax.py": "\ud83d"}, "halves of characters"),
        ("softmax", [], "texts of files"),
        (["softmax"], {"softmax.py": ""}, "must be a text"),
        ("soft\x00max", {"softmax.py": ""}, "cannot be shown"),
    ],
)
def test_what_cannot_be_taken_is_told(
    exercise: object, files: object, says: str, served: Served
) -> None:
    data = {"exercise": exercise, "files": files, "key": "1"}
    status, answer = ask(served.address, "/api/hand-ins", data, token(served, "1", CLIENT))
    assert (status, says in answer["error"]) == (400, True), answer
    assert served.queue.health().waiting == 0


def test_no_malformed_request_is_our_error(served: Served) -> None:
    known = token(served, "1", CLIENT)
    for body in (
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"made_at": "0001-01-01T00:00+23:00"}',
    ):
        for path in ("/api/hand-ins", "/api/join"):
            status, answer = ask(served.address, path, token=known, raw=body or b" ")
            assert 400 <= status < 500, (path, body[:20], status)
            assert answer["error"]
    signed_in = browser(served, "1")
    for path in (
        "/hand-ins/99999999999999999999", "/hand-ins/-1", "/exercises/%00", "/exercises/..%2f",
        "/hand-ins/1e3", "/enter?code=%ff%00", "/static/../app.py", "/static/%2e%2e/app.py",
    ):  # fmt: skip
        assert signed_in.get(path).status in (200, 400, 404), path
    teacher = browser(served, "teacher")
    for path in ("/class/students/nobody", "/class/students/%00", "/class/students/a/../b"):
        assert teacher.get(path).status in (400, 404), path


def test_a_body_without_end_is_not_read(served: Served) -> None:
    """Its header says nothing of its size, and it never stops."""
    host, port = urlsplit(served.address).hostname, urlsplit(served.address).port
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection((host, port)) as connection:
        connection.sendall(
            b"POST /api/hand-ins HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with pytest.raises(ConnectionError):
            for _ in range(2_000):
                connection.sendall(piece)


def test_a_roster_or_settings_that_are_wrong_change_nothing(served: Served) -> None:
    teacher = browser(served, "teacher")
    for path, content, says in (
        ("/class/roster", b"name\nEve\n", "The first line of a roster"),
        ("/class/roster", b"id,name\n4,Eve\n4,Eva\n", "Line 3 of the roster"),
        ("/class/roster", b"id,name,role\n4,Eve,king\n", "a role is one of"),
        ("/class/roster", b"\xff\xfe", "not UTF-8"),
        ("/class/settings", b"title: T\nexercises: {nothing: 1}\n", "classroom.yaml"),
    ):
        teacher.get("/class")
        answer = teacher.send(path, files={"file": ("x", content)})
        assert (answer.status, says in answer.text) == (400, True), answer.text
    assert "Eve" not in teacher.get("/class").text


def test_a_changed_rule_counts_at_once(served: Served, solution: Callable[[str], str]) -> None:
    hand_in(served.address, token(served, "1", CLIENT), solution("softmax"))
    assert comes_true(lambda: served.queue.health().done == 1)
    teacher = browser(served, "teacher")
    rules = b"title: T\nzone: UTC\ndue: 2020-01-01 12:00\nlate: {percent_per_day: 0, days: 0}\n"
    rules += b"exercises: {softmax: 8}\n"
    teacher.send("/class/settings", files={"file": ("classroom.yaml", rules)})
    ada = browser(served, "1").get("/").text
    assert "0 of 8 points" in ada
    assert "What comes later counts nothing." in ada


@pytest.mark.parametrize(
    ("host", "behind_proxy", "is_served"),
    [
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("localhost", False, True),
        ("0.0.0.0", False, False),
        ("192.0.2.1", False, False),
        ("class.example.org", False, False),
        ("0.0.0.0", True, True),
    ],
)
def test_nothing_leaves_the_machine_in_the_clear(
    host: str, behind_proxy: bool, is_served: bool
) -> None:
    if is_served:
        check_host(host, behind_proxy)
    else:
        with pytest.raises(UsageError, match="unencrypted"):
            check_host(host, behind_proxy)
