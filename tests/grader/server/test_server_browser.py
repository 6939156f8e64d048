"""The pages in a real browser: at each size, light and dark, by keyboard, and as axe-core sees it.

`PICTURES=folder` in the environment keeps a picture of each page and size there, for people.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from class_of_three import CLASSROOM, Browser
from devtools import NO_BROWSER, PROGRAM, Tab, browser
from processes import comes_true
from servers import Served
from test_server_login import provider
from test_server_pages import browser as reader
from test_server_pages import token
from test_server_threads import HINT, mistake, newest, send, tried, write

from grader.server.members import change_settings, class_named, member_named
from grader.server.queue import utc_now
from grader.server.schema import DONE, FAILED, LEASED, REGRADED, SESSION, HandIn, Notice
from grader.server.web import dispute_pages, regrade_pages, student_pages, teacher_pages

__all__ = ["mistake", "provider"]
pytestmark = pytest.mark.skipif(PROGRAM is None, reason=NO_BROWSER)

AGAIN = 2  # the row of the second verdict on the only hand-in
VIEWS = {"phone": (360, 740), "laptop": (1280, 800)}
SCHEMES = ("light", "dark")
PAPER = (700, 1000)
TAB = ("Tab", 9)
# What a keyboard must reach: all that can be used and is shown.
USED = """[...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
)].filter(one => one.checkVisibility({visibilityProperty: true}))"""
FOCUS = f"""(() => {{
  const one = document.activeElement;
  const look = getComputedStyle(one), box = one.getBoundingClientRect();
  return {{
    number: {USED}.indexOf(one),
    seen: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2
      && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
    what: one.outerHTML.slice(0, 200),
  }}
}})()"""
AXE = """axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})
  .then(found => found.violations.map(one => one.id + ': ' + one.nodes.map(node =>
    node.html + ' ' + node.failureSummary).join('; ')))"""

STATUS = "document.querySelector('[role=status]').textContent"
SHOWN = "document.querySelector('main').innerHTML"
READER = """[
  document.activeElement.cloneNode().outerHTML, scrollY, document.querySelector('select')?.value
]"""
AT_WORK = f"""(() => {{
  const choice = document.querySelector('select');
  if (choice) choice.value = '3';
  (choice ?? document.querySelector('[tabindex="0"]')).focus();
  scrollTo(0, 200);
  return {READER};
}})()"""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough here: what is asked of it is tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'class.sqlite'}"


@pytest.fixture
def pages(
    served: Served, mistake: str, solution: Callable[[str], str]
) -> dict[str, dict[str, str]]:
    """The paths to look at, by who looks, and behind → where a form there is sent; with a thread,
    a folded answer, and a report of it.
    """
    ada, alan = tried(served, "1", mistake), tried(served, "2", solution("softmax"))
    tried(served, "3", mistake)
    write(ada, HINT, report="on")
    question = newest(served).id
    write(alan, f"Like this:\n```\n{solution('softmax')}\n```", f"/posts/{question}/answer")
    send(alan, f"/posts/{question}/report", why="a solution")
    send(ada, "/hand-ins/1/dispute", reason=f"{'It is what the paper has. ' * 9}")
    thread = {"thread": "/exercises/softmax/thread"}
    tried(served, "3", mistake)
    becomes(served, FAILED, 4)  # by an error of ours
    with served.database.writing() as session:
        here = class_named(session, "ML")
        change_settings(session, here, f"{CLASSROOM}leaderboard: true\n")
        regraded = f"Attention was graded again. {'softmax: 4 before, 3 now. ' * 9}"
        whose = member_named(session, here, "1").id
        session.add(Notice(membership_id=whose, at=utc_now(), says=regraded))
    own = {
        "board": "/leaderboard",
        "own": "/own",
        "exercise": "/exercises/softmax",
        "verdict": "/hand-ins/1",
        "code": "/own → /connect",
    }
    staff = {
        "class": "/class",
        "found": "/class?find=a",
        "report": "/class/report",
        "regrade": "/class/regrade",
        "disputes": "/class/disputes",
        "dispute": "/class/disputes/1",
        "gradebook": "/class/gradebook",
        "student": "/class/students/1",
        "queue": "/health",
        "code of another": "/class → /class/code",
    }
    return {
        "": {
            "enter": "/enter?code=ABC",
            "to login": "/enter → /login",
            "no login": "/login/back",
            "missing": "/nothing",
        },
        "3": {"verdict to dispute": "/hand-ins/3"},
        "1": own | thread | {"post": f"/posts/{question}"},
        "teacher": staff | thread | {"moderate": f"/posts/{question}", "log": "/class/posts"},
    }


def test_each_page_at_each_size_and_by_keyboard(
    served: Served, pages: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    found: list[str] = []
    with browser(tmp_path / "browser") as tab:
        for student, paths in pages.items():
            if student:
                sign_in(tab, served, student)
            for name, path in paths.items():
                page, _, form = path.partition(" → ")
                tab.open(served.address + page)
                if form:
                    submit(tab, form)
                found += amiss(tab, f"{student or 'stranger'}-{name}")
    assert not found, "\n".join(found)


def sign_in(tab: Tab, served: Served, student: str) -> None:
    session = token(served, student, SESSION)
    tab.ask("Network.setCookie", name="session", value=session, url=served.address)


def submit(tab: Tab, action: str) -> None:
    with tab.loading():
        at = f'[formaction="{action}"], form[action="{action}"] button'
        tab.value(f"document.querySelector('{at}').click()")


def amiss(tab: Tab, name: str) -> list[str]:
    """What is wrong with the page that is open, at any size."""
    tab.show(*VIEWS["laptop"])
    found = [f"{name}: {one}" for one in by_keyboard(tab)]
    run_axe = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8") + AXE
    for size, scheme in ((size, scheme) for size in VIEWS for scheme in SCHEMES):
        tab.show(*VIEWS[size], scheme=scheme)
        seen = (*tab.value(run_axe), *too_wide(tab))
        found += [f"{name}-{size}-{scheme}: {one}" for one in seen]
        keep(tab, f"{name}-{size}-{scheme}")
    tab.show(*PAPER, scheme="dark", media="print")
    keep(tab, f"{name}-paper")
    return found + [f"{name} on paper: {one}" for one in (*too_wide(tab), *on_paper(tab))]


def keep(tab: Tab, name: str) -> None:
    if kept := os.environ.get("PICTURES"):
        Path(kept).mkdir(exist_ok=True)
        tab.picture(Path(kept) / f"{name}.png")


def by_keyboard(tab: Tab) -> list[str]:
    """What the tab key does not reach, reaches out of order, or shows no focus at."""
    count, found = tab.value(f"{USED}.length"), []
    for number in range(count):
        tab.press(*TAB)
        at = tab.value(FOCUS)
        if at["number"] != number:
            return [*found, f"the tab key comes to {at['what']}, and not to number {number}"]
        if not at["seen"]:
            found.append(f"no focus is seen at {at['what']}")
    return found


def too_wide(tab: Tab) -> list[str]:
    """Only a region of its own may be scrolled sideways."""
    width, window = tab.value("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{width} pixels wide in a window of {window}"] if width > window else []


def on_paper(tab: Tab) -> list[str]:
    """Ink on white, also where the screen is dark, and nothing that only a screen can use."""
    paper = tab.value("getComputedStyle(document.body).backgroundColor")
    used = tab.value(
        "[...document.querySelectorAll('button')].filter(b => b.checkVisibility()).length"
    )
    told = [] if paper == "rgb(255, 255, 255)" else [f"the paper is {paper}"]
    return told + ([f"{used} buttons"] if used else [])


def test_an_open_page_of_the_class_follows_it(
    served: Served, mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing that its reader was at is lost."""
    monkeypatch.setattr(teacher_pages, "LOOKS", 0.1)
    tried(served, "1", mistake)
    with browser(tmp_path / "browser") as tab:
        sign_in(tab, served, "teacher")
        for path, student in (("/class", "2"), ("/class/report", "3")):
            tab.open(served.address + path)
            assert comes_true(lambda: tab.value(STATUS))
            before, kept = tab.value(SHOWN), tab.value(AT_WORK)
            tried(served, student, mistake)
            assert comes_true(lambda: f"so far: {student}." in tab.value(STATUS))  # noqa: B023
            after = tab.value(SHOWN)
            assert after != before
            assert tab.value(READER) == kept
            tab.open(served.address + path)
            assert comes_true(lambda: tab.value(STATUS))
            assert tab.value(SHOWN) == after
        assert re.search(r'Large scores give NaN.*\n*.*</th><td class="number">3</td>', after)


def test_an_open_page_of_a_hand_in_shows_its_verdict(
    served: Served, mistake: str, tmp_path: Path
) -> None:
    tried(served, "1", mistake)
    becomes(served, LEASED)
    with browser(tmp_path / "browser") as tab:
        sign_in(tab, served, "1")
        tab.open(f"{served.address}/hand-ins/1")
        assert tab.value(STATUS) == "… being graded"
        becomes(served, DONE)
        assert comes_true(lambda: "✗ not passed" in tab.value(STATUS))
        assert "Large scores give NaN" in tab.value(SHOWN)


def test_an_open_page_without_a_report_becomes_the_report(
    served: Served, mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teacher_pages, "LOOKS", 0.1)
    tried(served, "1", mistake)
    becomes(served, LEASED)
    with browser(tmp_path / "browser") as tab:
        sign_in(tab, served, "teacher")
        tab.open(f"{served.address}/class/report")
        assert "1 hand-in of the class is on the way" in tab.value(SHOWN)
        assert "the first of them is being graded" in tab.value(SHOWN)
        found = amiss(tab, "teacher-no report")
        assert not found, "\n".join(found)
        tab.show(*VIEWS["laptop"])
        with tab.loading():
            becomes(served, DONE)
        assert "Large scores give NaN" in tab.value(SHOWN)
        assert tab.value("document.styleSheets[0].ownerNode.nodeName") == "STYLE", "its own"


def test_an_open_page_shows_what_is_disputed_graded_again_and_decided(
    served: Served, mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what its reader has written meanwhile is not lost."""
    monkeypatch.setattr(teacher_pages, "LOOKS", 0.1)
    monkeypatch.setattr(dispute_pages, "LOOKS", 0.1)
    monkeypatch.setattr(regrade_pages, "LOOKS", 0.1)
    monkeypatch.setattr(student_pages, "DECISIONS", 0.1)
    ada, teacher = tried(served, "1", mistake), reader(served, "teacher")
    written = "document.querySelector('[name=answer]').value"
    with browser(tmp_path / "browser") as tab:
        sign_in(tab, served, "teacher")
        tab.open(f"{served.address}/class")
        assert comes_true(lambda: "so far: 1." in tab.value(STATUS))
        send(ada, "/hand-ins/1/dispute", reason="It is what the paper has.")
        assert comes_true(lambda: "1 to decide" in tab.value(SHOWN))

        begun(served, teacher, "/class/disputes/1", do="again")
        tab.open(f"{served.address}/class/disputes/1")
        assert comes_true(lambda: "being graded. The verdict is shown" in tab.value(STATUS))
        tab.value(f"{written} = 'Look at section 2.'")
        becomes(served, REGRADED, AGAIN)
        assert comes_true(lambda: "No score would change" in tab.value(SHOWN))
        assert tab.value(written) == "Look at section 2."

        sign_in(tab, served, "1")
        tab.open(f"{served.address}/hand-ins/1")
        assert comes_true(lambda: "The decision is shown here by itself" in tab.value(SHOWN))
        assert "✗ not passed" in tab.value(STATUS), "the verdict stays"
        send(teacher, "/class/disputes/1", do="decline", answer="Section 2 asks it.")
        assert comes_true(lambda: "✗ Declined: “Section 2 asks it.”" in tab.value(SHOWN))
        assert not tab.value("document.querySelector('[data-events]')"), "nothing more is to come"

        with served.database.writing() as session:
            session.get_one(HandIn, 1).suite = "an earlier one"
        sign_in(tab, served, "teacher")
        begun(served, teacher, "/class/regrade", do="begin")
        tab.open(f"{served.address}/class/regrade")
        assert comes_true(lambda: "Graded again: 0 of 1. What would" in tab.value(STATUS))
        becomes(served, REGRADED, AGAIN)
        assert comes_true(lambda: "Apply what is shown" in tab.value(SHOWN))


def begun(served: Served, teacher: Browser, path: str, do: str) -> None:
    """The only hand-in is graded again, as if somebody were still at it."""
    send(teacher, path, do=do)
    assert comes_true(lambda: "data-events" not in teacher.get(path).text)
    becomes(served, LEASED, AGAIN)


def becomes(served: Served, state: str, number: int = 1) -> None:
    """A hand-in, as if somebody were at it, or had been."""
    with served.database.writing() as session:
        one = session.get_one(HandIn, number)
        one.state, one.lease_until = state, utc_now() + timedelta(hours=1)


def test_a_gradebook_is_filled_without_leaving_the_page(
    served: Served, mistake: str, tmp_path: Path
) -> None:
    tried(served, "1", mistake)
    exported = tmp_path / "grades.csv"
    exported.write_text("Student,ID,Attention (7)\nAda Lovelace,1,\n" + 99 * "Eve,,\n")
    with browser(tmp_path / "browser") as tab:
        sign_in(tab, served, "teacher")
        tab.open(f"{served.address}/class/gradebook")
        (chosen,) = tab.ask(
            "DOM.querySelectorAll",
            nodeId=tab.ask("DOM.getDocument")["root"]["nodeId"],
            selector="[type=file]",
        )["nodeIds"]
        tab.ask("DOM.setFileInputFiles", nodeId=chosen, files=[str(exported)])
        submit(tab, "/class/gradebook")
        found = amiss(tab, "teacher-filled")
        assert not found, "\n".join(found)
        tab.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path / "in"))
        tab.value("document.querySelector('a[download]').click()")
        filled = tmp_path / "in" / "grades.csv"
        assert comes_true(filled.exists)
    assert filled.read_text() == exported.read_text().replace("1,\n", "1,2\n")


def test_a_form_is_sent_by_keyboard_alone(served: Served, tmp_path: Path) -> None:
    with browser(tmp_path / "browser") as tab:
        tab.open(f"{served.address}/enter")
        for text in ("", served.code, "Ada Lovelace"):  # past the link that skips
            tab.press(*TAB)
            tab.ask("Input.insertText", text=text)
        tab.press(*TAB)
        with tab.loading():
            tab.ask("Input.dispatchKeyEvent", type="keyDown", key="Enter", text="\r")
        assert "Ada Lovelace" in tab.value("document.body.innerText")
        assert tab.value("location.pathname") == "/"
    assert "has joined" in Browser(served.address).enter(served.code, "1").text
