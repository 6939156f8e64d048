"""docs/server.md takes a teacher from nothing to a class of three: its own commands, one by one."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from class_of_three import WRONG, Browser
from processes import comes_true

from grader.server.database import Database
from grader.server.queue import Queue

DOCS = Path(__file__).parents[3] / "docs" / "server.md"
CLASS_CODE, OWN_CODE = "R3PAZFFY", "6TAYB2B95HFQ"  # as the page shows them
ADDRESS = "http://127.0.0.1:8000"
Run = Callable[..., str]


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def commands(of: str) -> list[list[str]]:
    """The commands of a program, in the order of the page."""
    lines = re.findall(rf"^\$ ({of} .*)$", DOCS.read_text("utf-8"), re.MULTILINE)
    return [shlex.split(line) for line in lines]


@pytest.fixture
def run(warm: Callable[..., list[str]], tmp_path: Path) -> Run:
    """`run(folder, command)`: what it printed, on both streams."""

    def start(folder: str, command: list[str], code: int = 0) -> str:
        module = {"grader": "grader.cli", "learn": "tui.cli"}[command[0]]
        done = subprocess.run(
            warm(module, *command[1:]),
            cwd=tmp_path / folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return start


@pytest.fixture
def server(warm: Callable[..., list[str]], tmp_path: Path) -> Iterator[Callable[[list[str]], str]]:
    """`server(command)`: start it on a free port; its address."""
    started = []

    def start(command: list[str]) -> str:
        process = subprocess.Popen(
            warm("grader.cli", *command[1:], "--port", "0", "--allow-unsandboxed"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        assert process.stdout
        found = re.match(r"Serving at (http://127\.0\.0\.1:\d+)/\.", process.stdout.readline())
        assert found
        return found[1]

    yield start
    for process in started:
        process.terminate()
        assert process.wait(60) == 0
        assert process.stdout
        process.stdout.close()


@pytest.mark.slow
def test_the_commands_of_the_page(
    run: Run,
    server: Callable[[list[str]], str],
    tmp_path: Path,
    solution: Callable[[str], str],
) -> None:
    (tmp_path / "classroom.yaml").write_text(block("yaml"))
    (tmp_path / "roster.csv").write_text(block("csv"))
    new, serve, fill, roster, settings, own_code, *_ = commands("grader")
    init, join, submit, status = commands("learn")
    made = run("", new)
    code, teachers = re.findall(r"\b[A-Z2-9]{8,}\b", made)
    address = server(serve)

    def of_this_class(command: list[str], name: str) -> list[str]:
        values = {f"{ADDRESS}/": f"{address}/", CLASS_CODE: code, "Ada Lovelace": name}
        return [values.get(word, word) for word in command]

    answers = {"Ada Lovelace": solution("softmax"), "alan turing": WRONG, "3": None}
    for number, (name, answer) in enumerate(answers.items()):
        folder = f"student{number}"
        (tmp_path / folder).mkdir()
        run(folder, init)
        said = run(f"{folder}/workspace", of_this_class(join, name))
        assert "You are in ML" in said
        kept = tmp_path / folder / "workspace/.learn/class.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        if answer:
            (tmp_path / folder / "workspace/ch01_attention/softmax.py").write_text(answer)
            said = run(f"{folder}/workspace", submit, int(answer == WRONG))
            assert "softmax is handed in to ML" in said

    own = "student0/workspace"
    assert comes_true(lambda: "ML: 4 of 10 points" in run(own, status))
    assert "2126-12-01 23:59" in run(own, status)

    teacher = Browser(address)
    assert "Emmy Noether" in teacher.enter(teachers).text
    lines = teacher.get("/class/results.jsonl").text
    assert [json.loads(line)["score"] for line in lines.splitlines()] == [4.0, 0.0], (
        "who handed in nothing has no result"
    )
    (tmp_path / "results.jsonl").write_text(lines)
    (tmp_path / "grades.csv").write_text(
        "Student,ID,SIS Login ID,Section,Attention (7)\n"
        "    Points Possible,,,,10\nAda Lovelace,1,ada,A,\nAlan Turing,2,alan,A,\n"
    )
    assert "(empty) → 4" in run("", fill)

    backup = next(command for command in commands("grader") if "backup" in command)
    run("", backup)
    (tmp_path / "restored").mkdir()
    shutil.copy(tmp_path / backup[-1], tmp_path / "restored" / "class.sqlite")
    with closing(Database.in_folder(tmp_path / "restored")) as restored:
        assert Queue(restored).health().done == 2

    assert "0 added, 0 changed." in run("", roster)
    run("", settings)
    assert re.search(r"\b[A-Z2-9]{12}\b", run("", own_code))
    said = run("student1/workspace", submit, 2)
    assert "Use `learn join` again" in said, "a new code puts an end to the old terminal"
