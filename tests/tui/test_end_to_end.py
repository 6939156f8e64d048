"""A first evening in the real app, with real keys, and what is still there the next time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from terminal import Terminal

from exercises.catalog import load_catalog
from quizzes.cards.card import card_topics, note_of
from tui.app.places import PLACES_BY_NAME
from tui.commands.first_run import offer_workspace

QUIZZES = Path(__file__).parents[2] / "quizzes"
# What only this place shows before anything was done.
SEEN = {
    "map": "◌ locked",
    "exercise": "e Edit",
    "review": "No card is waiting",
    "progress": "exercises passed",
    "settings": "minutes a day",
    "today": "Next: reading",
}
END = "\x1b[F"
PAGE_DOWN = "\x1b[6~"
FIND = "\x10"  # Ctrl-P
CATALOG = load_catalog()
TOPIC = CATALOG.chapters[0].topics[0]
TOPICS = len(CATALOG.chapters[0].topics)
CARDS = card_topics(QUIZZES / CATALOG.chapters[0].id / "cards.yaml")
# Of the cards that one note makes, a day shows one.
NEW = len({note_of(card) for card, topic in CARDS.items() if topic == TOPIC.id})
EXERCISES = len(CATALOG.exercises)
OF_THE_TOPIC = [each.topic for each in CATALOG.exercises].count(CATALOG.exercise("softmax").topic)


@pytest.fixture
def start(learn_path: str, environment: Any, folder: Path) -> Callable[[], Terminal]:
    return lambda: Terminal([learn_path], folder, environment())


@pytest.fixture
def start_warm(warm: Callable[..., list[str]], environment: Any, folder: Path) -> Any:
    """Where nothing is graded, or what is graded need not wait until torch is loaded."""
    return lambda **extra: Terminal(warm("tui.cli"), folder, environment(**extra))


@pytest.mark.slow
def test_a_first_evening_is_there_the_next_time(
    start: Callable[[], Terminal],
    start_warm: Callable[..., Terminal],
    learn: Any,
    softmax: Path,
    right: str,
    night: Callable[[], None],
) -> None:
    with start_warm() as app:
        app.sees("Next: reading", TOPIC.title, "0 of 10")
        app.press("enter")
        app.sees("After this chapter you can", " 1/")
        app.press("n")
        app.sees(" 2/")
        app.press("q")
        assert app.ends() == 0

    with start() as app:
        app.sees("Next: reading")
        app.press("enter")
        app.sees("A translator has read", " 2/")
        look_at_the_end(app)
        app.press("g", "v")
        app.sees("No card is waiting")
        solve_softmax(app, softmax, right)
        app.press("q")
        assert app.ends() == 0

    learn("read", TOPIC.id, "--done")
    night()
    with start_warm() as app:
        app.sees(f"{NEW} new", f"1 of 10  1 of {TOPICS} topics read")
        review_one_card(app)
        app.press("q")
        assert app.ends() == 0

    with start_warm() as app:
        app.sees("2 days in a row")
        app.press("g", "v")
        app.sees(f"{NEW - 1} left · new")
        app.press(FIND, *"softmax(")
        app.sees("A softmax that never overflows (softmax)")
        app.press("enter")
        app.sees("A softmax that never overflows", "✓ passed")
        app.press("g", "p")
        app.sees(f"1 of {EXERCISES} exercises passed")
        page_down_to(app, "Scores and weights")
        app.sees("Scores and weights", f"ex 1/{OF_THE_TOPIC}")
        app.press("q")
        assert app.ends() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"EDITOR": "false"}, "`false` ended with code 1."),
        ({"PATH": ""}, "Neither $VISUAL nor $EDITOR is set."),
    ],
)
def test_an_editor_that_fails_leaves_the_app_as_it_was(
    start_warm: Callable[..., Terminal], softmax: Path, variables: dict[str, str], says: str
) -> None:
    with start_warm(**variables) as app:
        app.sees("Next: reading")
        app.press("g", "e")
        app.sees("e Edit  r Run")
        app.press("e")
        app.sees(says)
        app.press("g", "t")
        app.sees("Next: reading")
        app.press("q")
        assert app.ends() == 0


def page_down_to(app: Terminal, line: str) -> None:
    """However many pages are above it."""
    for _ in range(20):
        if line in app.text:
            return
        app.turns(PAGE_DOWN)


def look_at_the_end(app: Terminal) -> None:
    """By the contents to the last page, which is no reading."""
    app.press("c")
    app.sees("› Why attention")
    app.press(END)
    app.sees("› Where to read more")
    app.press("enter", "n")
    app.sees(" steps of it were never on the screen.")
    app.press(" ")
    app.sees("Next: reading")


def review_one_card(app: Terminal) -> None:
    app.press("g", "v")
    app.sees(f"{NEW} left · new", "Space Show")
    app.press(" ")
    app.sees("3 good 2 days")
    app.press("3")
    app.sees(f"{NEW - 1} left · new")


def solve_softmax(app: Terminal, file: Path, right: str) -> None:
    """A wrong save, a right one, and the submission; the verdicts come by themselves."""
    app.press(FIND, *"softmax(")
    app.sees("A softmax that never overflows (softmax)")
    app.press("enter")
    app.sees("Turn scores of any size into weights", "○ open")
    file.write_text(right.replace("x.max(dim, keepdim=True).values", "0"))
    app.sees("✗ not passed", "largest score")
    file.write_text(right)
    app.sees("✓ passed", "Press s to submit it")
    app.press("s")
    app.sees("Submitted at", "⏎ Next")


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "is_made"), [("\r", True), ("n\r", False)])
def test_without_a_workspace_one_is_offered(
    warm: Callable[..., list[str]], environment: Any, tmp_path: Path, typed: str, is_made: bool
) -> None:
    with Terminal(warm("tui.cli"), tmp_path, environment()) as app:
        app.sees("Your answers need a folder. Make workspace? [Y/n]")
        app.press(*typed)
        if is_made:
            app.sees("Next: reading", TOPIC.title)
            app.press("q")
        assert app.ends() == (0 if is_made else 2)
    assert (tmp_path / "workspace" / "ch01_attention" / "softmax.py").exists() == is_made


def test_a_word_is_said_before_the_app_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEARN_WORKSPACE", raising=False)
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    offer_workspace()
    assert capsys.readouterr().err.endswith("workspace is there. The course opens …\n")
    offer_workspace()  # where there is one, the app is all that comes
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.usefixtures("workspace")
def test_ctrl_z_lends_the_terminal_to_the_shell_until_fg(
    learn_path: str, environment: Any, folder: Path
) -> None:
    """Started by another program, as `make learn` does: the shell waits for that one."""
    bash = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(bash, folder, environment(PS1="shell> ")) as shell:
        starts = f"import subprocess; subprocess.run(['{learn_path}'])"
        shell.press(f'"{sys.executable}" -c "{starts}"\r')
        shell.sees("Next: reading")
        shell.press("\x1a")
        shell.sees("Stopped")
        assert not shell.is_on_alternate_screen
        shell.press("clear; echo $((6 * 7)) here\r")
        shell.sees("42 here")
        shell.press("fg\r")
        shell.sees("Next: reading", "? Help")
        assert shell.is_on_alternate_screen
        shell.press("g", "m")
        shell.sees(SEEN["map"])
        shell.press("q")
        shell.sees("shell>")
        shell.press("exit\r")
        assert shell.ends() == 0


@pytest.mark.slow
@pytest.mark.usefixtures("workspace")
def test_keys_that_come_in_one_burst_are_all_meant(start_warm: Callable[..., Terminal]) -> None:
    """As over a slow line, or from somebody who knows the way."""
    with start_warm() as app:
        app.sees("Next: reading")
        for _ in range(2):  # the second time, everything is loaded
            for place, seen in SEEN.items():
                app.press(f"g{PLACES_BY_NAME[place].key}")
                app.sees(seen)
        app.press(FIND)
        app.press("agenda")
        app.sees("agenda")
        app.turns("escape")
        app.press("gtq")
        assert app.ends() == 0
