"""Real `learn` processes in a folder of their own."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import LEARN, OVERFLOWING, SOFTMAX, clean_environment
from drained import _drained_pilot  # noqa: F401  a fixture of every test here
from driving import Small, make_small
from small_course import small_course, small_quiz
from warm_lab import lab_socket, warm_lab  # noqa: F401  fixtures

from exercises.course import Course
from tui.progress.progress import Progress

# Where the progress file says when something was done.
TIMES = {
    **dict.fromkeys(("attempts", "visits", "sections_read", "answers", "testouts"), ("at",)),
    **dict.fromkeys(("hints", "reviews", "bookmarks"), ("at",)),
    "schedules": ("due", "last_review"),
}
A_DAY_BEFORE = "strftime('%Y-%m-%dT%H:%M:%f+00:00', {}, '-1 day')"

Learn = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where commands are run; its name has a space, as folders do."""
    folder = tmp_path / "my course"
    folder.mkdir()
    return folder


@pytest.fixture
def learn(folder: Path) -> Learn:
    return runner([str(LEARN)], folder)


@pytest.fixture
def warm_learn(warm: Callable[..., list[str]], folder: Path) -> Learn:
    """`learn`, where it grades: without the seconds until torch is loaded."""
    return runner(warm("tui.cli"), folder)


def runner(command: list[str], folder: Path) -> Learn:
    def run(*arguments: str, cwd: Path = folder, typed: str = "", **environment: str) -> Any:
        return subprocess.run(
            [*command, *arguments],
            cwd=cwd,
            env=clean_environment(**environment),
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def workspace(learn: Learn, folder: Path) -> Path:
    assert learn("init", "--quiet").returncode == 0
    return folder / "workspace"


@pytest.fixture
def night(workspace: Path) -> Callable[[], None]:
    """A night passes: all that was done lies a day further back."""

    def passes() -> None:
        with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
            for table, columns in TIMES.items():
                for column in columns:
                    db.execute(f"UPDATE {table} SET {column} = {A_DAY_BEFORE.format(column)}")
        db.close()

    return passes


@pytest.fixture
def softmax(workspace: Path) -> Path:
    return workspace / "ch01_attention" / "softmax.py"


@pytest.fixture
def right() -> str:
    return SOFTMAX


@pytest.fixture
def wrong() -> str:
    return OVERFLOWING


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.db"


@pytest.fixture
def progress(file: Path) -> Iterator[Progress]:
    with Progress(file) as progress:
        yield progress


@pytest.fixture
def environment() -> Callable[..., dict[str, str]]:
    return clean_environment


@pytest.fixture
def learn_path() -> str:
    return str(LEARN)


@pytest.fixture
def all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever terminal the tests are run in."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture
def small(folder: Path, all_colours: None, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A small course that never changes, to drive the app in."""
    course = Course.at(folder / "course")
    small_quiz(course.quizzes)
    monkeypatch.chdir(folder)
    return make_small(folder, small_course(course))
