"""The line modes in a real terminal: keys, and leaving by Ctrl-D and Ctrl-C."""

import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

Start = Callable[..., Any]


@pytest.fixture
def start(learn_path: str, environment: Any, workspace: Path, folder: Path) -> Start:
    def start(*arguments: str, columns: int = 80) -> Any:
        return pexpect.spawn(
            shlex.join([learn_path, *arguments]),  # alone, a path is taken apart at its spaces
            cwd=str(folder),
            env=environment(TERM="xterm", NO_COLOR="1"),
            encoding="utf-8",
            timeout=30,
            dimensions=(40, columns),
        )

    return start


def count(workspace: Path, table: str) -> int:
    with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def answer_one(quiz: Any) -> None:
    """Type whatever form is wanted until there is a verdict."""
    quiz.expect("Type ([^\r]+)")
    orders = ("b a", "b a c", "b a c d", "b a c d e", "b a c d e f")
    matches = ("a1 b2 c3", "a1 b2 c3 d4", "a1 b2 c3 d4 e5")
    for typed in ("a", "1", *orders, *matches, "1 2", "xyz"):
        quiz.expect("> ")
        quiz.sendline(typed)
        if quiz.expect([r"(Right|Not right)\.", r"(Type|Write) [^\r]+\."]) == 0:
            return
    pytest.fail("no form was accepted")


@pytest.mark.parametrize(
    "arguments",
    [
        ("edit", "nothing-of-this-name"),
        ("search", "zebra"),
        ("read", "faq"),
        ("leave",),
        ("faq",),
        ("glossary",),
    ],
    ids=" ".join,
)
def test_a_message_breaks_between_words(start: Start, arguments: tuple[str, ...]) -> None:
    said = start(*arguments, columns=30)
    said.expect(pexpect.EOF)
    lines = said.before.split("\r\n")
    assert len([line for line in lines if line]) > 1
    assert [line for line in lines if len(line) > 30 and " " in line and "`" not in line] == []


@pytest.mark.parametrize("leave", ["\x04", "\x03"], ids=["ctrl-d", "ctrl-c"])
def test_leaving_a_quiz_keeps_what_was_answered(start: Start, workspace: Path, leave: str) -> None:
    quiz = start("quiz", "1", "--count", "3")
    answer_one(quiz)
    quiz.expect("Question 2 of 3")
    quiz.expect("> ")
    quiz.send(leave)
    quiz.expect("of 1 right. 2 not answered.")
    quiz.expect(pexpect.EOF)
    quiz.close()
    assert quiz.exitstatus == 0
    assert count(workspace, "answers") == 1


@pytest.mark.parametrize(
    ("arguments", "asks", "enter"),
    [(("reset", "--all"), "A backup is kept", "no"), ((), "Your answers need a folder", "yes")],
    ids=["reset", "first run"],
)
@pytest.mark.parametrize("leave", ["\x04", "\x03"], ids=["ctrl-d", "ctrl-c"])
def test_leaving_a_question_of_yes_or_no(
    start: Start, workspace: Path, leave: str, arguments: tuple[str, ...], asks: str, enter: str
) -> None:
    if not arguments:
        workspace.rename(workspace.with_name("elsewhere"))
    asked = start(*arguments)
    asked.expect_exact(asks)
    asked.expect_exact("]: ")
    asked.sendline("xyz")
    asked.expect_exact(f"Type y or n; Enter alone means {enter}.")
    asked.expect_exact("]: ")
    asked.send(leave)
    asked.expect_exact("\r\nNothing was done.\r\n")
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 130
    assert workspace.exists() == bool(arguments)


def test_a_testout_that_ends_before_an_answer_is_no_attempt(learn: Any, workspace: Path) -> None:
    done = learn("testout", "1")
    assert done.returncode == 0
    assert "no attempt" in done.stdout and "Not passed" not in done.stdout
    assert learn("testout", "1", typed="?\n").returncode == 1


def test_a_review_by_hand(start: Start, learn: Any, workspace: Path, night: Any) -> None:
    learn("read", "1", "--done")
    night()
    review = start("review", "--limit", "2")
    review.expect("2 left")
    review.expect("Enter shows the answer: ")
    review.sendline("")
    review.expect(r"1 again \(10 min\)")
    review.expect("How well")
    review.sendline("3")
    review.expect("1 left")
    review.expect("Enter shows the answer: ")
    review.sendline("u")
    review.expect("2 left")
    review.expect("Enter shows the answer: ")
    review.send("\x04")
    review.expect(pexpect.EOF)
    review.close()
    assert review.exitstatus == 0
    assert count(workspace, "reviews") == 0
