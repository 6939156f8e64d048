"""Who comes by an institution's login: whom it vouches for, and nobody else."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from class_of_three import Answer, Browser, ask, joined
from institution import CLIENT, SECRET
from servers import Served
from sqlalchemy import select
from test_server_pages import token

from grader.errors import UsageError
from grader.server.identities import enter
from grader.server.login import Identity, Provider, read_institution
from grader.server.members import class_named, enrol, member_named, new_class, read_roster
from grader.server.privacy import exported, forget
from grader.server.queue import Refused, utc_now
from grader.server.schema import CLIENT as TERMINAL
from grader.server.schema import CODE, Login, Person
from grader.server.tokens import new_code

SETTINGS = "name: Example University\nissuer: {}\nclient_id: {}\nclient_secret: {}\n"
FAULTS = (
    "state", "nonce", "no nonce", "audience", "issuer", "expired", "key", "unsigned",
    "public key as a secret", "no subject", "odd subject", "denied",
)  # fmt: skip


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """That of a process of its own, by a file as docs/server.md has it."""
    script = Path(__file__).with_name("institution.py")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        issuer = process.stdout.readline().strip()
        file = tmp_path / "login.yaml"
        file.write_text(SETTINGS.format(issuer, CLIENT, SECRET) + "roster_id: student_id\n")
        file.chmod(0o600)
        yield Provider(read_institution(file))
        process.terminate()


def log_in(
    served: Served, code: str = "", listed: str = "", page: str = "/enter", **who: str
) -> Browser:
    """A new browser that goes there and back; `who` is told to the institution."""
    browser = Browser(served.address)
    browser.get(page)
    fields = {"code": code, "name": listed}
    browser.post("/login", fields | ({"terminal": "yes"} if "terminal" in page else {}))
    go_on(browser, **who)
    return browser


def go_on(browser: Browser, **who: str) -> Answer:
    assert browser.page
    found = re.search(r'<a href="(http[^"]*)">Go on', browser.page.text)
    assert found, browser.page.text
    there, browser.server = browser.server, ""
    try:
        return browser.get(f"{html.unescape(found[1])}&{urlencode(who)}")
    finally:
        browser.server = there


def told(browser: Browser) -> str:
    assert browser.page
    return html.unescape(browser.page.text)


def is_in(browser: Browser, name: str) -> bool:
    return f"<span>{name}, " in told(browser)


def test_a_login_is_one_member_from_the_first_time_on(served: Served) -> None:
    assert "Example University" in Browser(served.address).get("/enter").text
    assert "does not know you yet" in told(log_in(served, sub="s1", name="Ada Lovelace"))
    assert is_in(log_in(served, served.code, sub="s1", name="Ada Lovelace"), "Ada Lovelace")
    assert is_in(log_in(served, sub="s1", name="Countess"), "Ada Lovelace"), "known by now"
    assert "has joined as this person" in told(log_in(served, served.code, "1", sub="s2", name="A"))
    assert is_in(log_in(served, served.code, "Alan Turing", sub="s2", name="A"), "Alan Turing")
    assert "not listed" in told(log_in(served, served.code, "Eve", sub="s3", name="Eve"))
    assert is_in(log_in(served, served.code, sub="s3", name="Eve <b>"), "Eve <b>"), "has the code"
    assert "not known" in told(log_in(served, "ABCDEFGH", sub="s4", name="Emmy Noether"))
    with served.database.reading() as session:
        ada = member_named(session, class_named(session, "ML"), "1")
        kept = exported(session, ada.person)["classes"][0]["logins"]
        assert [one["subject"] for one in kept] == ["s1"]


def test_who_the_roster_lists_by_the_institutions_id_needs_no_code(served: Served) -> None:
    terminal = joined(served.address, served.code, "3")
    assert is_in(log_in(served, sub="s3", name="E. N.", student_id="3"), "Emmy Noether")
    assert ask(served.address, "/api/status", token=terminal)[0] == 401, "who came by a name is out"
    assert "another login" in told(log_in(served, sub="s4", name="E. N.", student_id="3"))
    for staff in ("9", "teacher"):
        answer = told(log_in(served, sub="s5", name="E.", student_id=staff))
        assert "does not know you yet" in answer, "who is no student has a code"
    made, _ = new_class(served.database, "Other", "title: T\nexercises: {softmax: 1}\n")
    with served.database.writing() as session:
        enrol(session, made, read_roster("id,name\n3,Emmy in the other\n"))
    assert "several classes" in told(log_in(served, sub="s3", name="E.", student_id="3"))
    there = log_in(served, made.code, sub="s3", name="E.", student_id="3")
    assert is_in(there, "Emmy in the other")
    assert is_in(log_in(served, served.code, sub="s3", name="E."), "Emmy Noether")


def test_a_code_of_ones_own_ties_a_login_and_unties_it(served: Served) -> None:
    own = token(served, "9", CODE)
    assert is_in(log_in(served, own, sub="s9", name="G."), "Grace Hopper")
    assert is_in(log_in(served, sub="s9", name="G."), "Grace Hopper")
    assert "somebody else" in told(log_in(served, token(served, "2", CODE), sub="s9", name="G."))
    with served.database.writing() as session:
        grace = member_named(session, class_named(session, "ML"), "9")
        right = new_code(session, grace, utc_now())
    assert "does not know you yet" in told(log_in(served, sub="s9", name="G.")), "thrown out"
    assert is_in(log_in(served, right, sub="right", name="G."), "Grace Hopper")
    with served.database.writing() as session:
        forget(session, member_named(session, class_named(session, "ML"), "9").person)
        assert not session.scalars(select(Login)).all()


def test_what_is_not_as_it_must_be_lets_nobody_in(served: Served) -> None:
    log_in(served, served.code, "1", sub="s1", name="Ada")
    for fault in FAULTS:
        browser = log_in(served, sub="s1", name="Ada", fault=fault)
        assert browser.page
        assert browser.page.status == 403, fault
        assert browser.get("/own").url.endswith("/enter"), fault
    assert is_in(log_in(served, sub="s1", name="Ada", fault="none of them"), "Ada Lovelace")


def test_an_answer_is_for_the_browser_that_asked_and_for_once(served: Served) -> None:
    first = log_in(served, served.code, "1", sub="s1", name="Ada")
    answer = Browser(served.address)
    answer.post("/login", {"code": served.code})
    assert answer.page
    state = re.search(r"state=([\w-]+)", answer.page.text)
    assert state
    for browser in (Browser(served.address), first):
        page = browser.get(f"/login/back?code=x&state={state[1]}")
        assert (page.status, "not begun here" in page.text) == (403, True)
    page = answer.get(f"/login/back?code=x&state={state[1]}")
    assert (page.status, "cannot be relied on" in page.text) == (403, True)
    page = answer.get(f"/login/back?code=x&state={state[1]}")
    assert "not begun here" in page.text, "each is for once"


def test_another_issuers_subject_is_another_person(served: Served) -> None:
    first = Identity("https://one.example", "s1", "Ada Lovelace", "")
    with served.database.writing() as session:
        member = enter(session, first, served.code, "", utc_now())
        assert member.student == "1"
    other = Identity("https://two.example", "s1", "Ada Lovelace", "")
    with served.database.writing() as session, pytest.raises(Refused, match="does not know you"):
        enter(session, other, "", "", utc_now())
    with served.database.writing() as session, pytest.raises(Refused, match="has joined as"):
        enter(session, other, served.code, "", utc_now())
    with served.database.reading() as session:
        assert "ada@example.org" not in str([vars(one) for one in session.scalars(select(Person))])


def test_a_terminal_joins_by_a_login(
    served: Served, warm: Callable[..., list[str]], tmp_path: Path
) -> None:
    def learn(*words: str, types: str = "") -> str:
        where = tmp_path / "workspace" if words[0] == "join" else tmp_path
        done = subprocess.run(
            warm("tui.cli", *words),
            cwd=where,
            input=types,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    learn("init", "--quiet", "workspace")
    page = f"/enter?code={served.code}&terminal=yes"
    browser = log_in(served, served.code, page=page, sub="s1", name="Ada Lovelace")
    code = re.search(r'<p class="code">(\w{12})</p>', told(browser))
    assert code
    said = learn("join", served.address, served.code, "--login", types=f"{code[1]}\n")
    assert f"{served.address}{page}" in said
    assert "You are in ML, as Ada Lovelace." in said
    assert token(served, "1", TERMINAL)


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        (SETTINGS.format("https://u.example", "c", "s"), 0o644, "chmod 600"),
        (SETTINGS.format("http://u.example", "c", "s"), 0o600, "begins with https"),
        (
            SETTINGS.format("https://u.example", "c", "s") + "roster_id: email\n",
            0o600,
            "change hands",
        ),
        (SETTINGS.format("https://u.example", "c", "s") + "x: y\n", 0o600, "may have roster_id"),
        (SETTINGS.format("https://u.example", "1", "s"), 0o600, "must be a text"),
        ("[", 0o600, "cannot be read"),
    ],
)
def test_settings_that_are_wrong_are_told(text: str, mode: int, says: str, tmp_path: Path) -> None:
    file = tmp_path / "login.yaml"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(UsageError, match=says):
        read_institution(file)
