"""“This verdict is wrong”: what a student sends, and what becomes of it in the suite."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.settlement import edit_between
from grader.misconceptions import load_misconceptions

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
ID = "mean_squared_error"
DOUBLED = "import torch\ndef mean_squared_error(x, y, slope, intercept):\n"
DOUBLED += "    e = slope * x + intercept - y\n    return 2 * (e * e).mean()\n"
RIGHT = DOUBLED.replace("2 * (e * e).mean()", "torch.dot(e, e) / len(e)")
TOO_STRICT = """

def test_to_the_last_digit(submission, rng, expect):
    \"\"\"It is our own sum to the last digit.\"\"\"
    for _ in range(50):
        x, y, slope, intercept = points(rng, 7)
        errors = slope * x + intercept - y
        got = submission.mean_squared_error(x, y, slope, intercept)
        expect(got).equals((errors * errors).mean())
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A teacher's own course, and a class of which 1 and 2 have made the same mistake."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLE, tmp_path / "course", ignore=ignored)
    text = f"title: Lines\ncourse: course\nexercises: {{{ID}: 8}}\n"
    (tmp_path / "classroom.yaml").write_text(text)
    for student, source in (("1", DOUBLED), ("2", DOUBLED), ("3", RIGHT)):
        (tmp_path / "all" / student).mkdir(parents=True)
        (tmp_path / "all" / student / f"{ID}.py").write_text(source)
    return tmp_path


@pytest.fixture
def run(room: Path) -> Run:
    """Processes of their own: one that stays warm would not see that a suite changes."""

    def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "grader.cli", *words]
        return subprocess.run(
            command, cwd=room, input=typed, capture_output=True, text=True, timeout=600
        )

    return run


@pytest.fixture
def parts(room: Path) -> Callable[[], dict[str, bytes]]:
    """All that the course holds."""
    course = room / "course"
    return lambda: {
        path.relative_to(course).as_posix(): path.read_bytes()
        for path in sorted(course.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def dispute(run: Run, file: str) -> subprocess.CompletedProcess[str]:
    return run("dispute", file, "--course", "course", "--reason", "It is what the lesson says.")


@pytest.mark.slow
def test_a_mistake_gets_its_name_and_whoever_made_it_is_known(
    room: Path, run: Run, parts: Callable[[], dict[str, bytes]]
) -> None:
    in_class = ("--classroom", "classroom.yaml")
    assert run("batch", "all", *in_class).returncode == 0
    assert dispute(run, f"all/1/{ID}.py").returncode == 0
    file, before = f"{ID}.dispute.json", parts()
    said = run("settle", file, "--course", "course")
    assert said.returncode == 0 and "Reason: It is what the lesson says." in said.stdout
    assert "return 2 * (e * e).mean()" in said.stdout and "not passed" in said.stdout

    named = ("--as", "misconception", "--name", "doubled", "--says", "Yours is twice the error.")
    refused = run("settle", file, *named, "--see", "squared-error", *in_class, typed="n\n")
    assert refused.returncode == 130 and parts() == before
    wrong = run("settle", file, *named, "--see", "no-such-section", *in_class, "--yes")
    assert wrong.returncode == 1 and "no lesson has as a section" in wrong.stdout
    assert parts() == before

    done = run("settle", file, *named, "--see", "squared-error", *in_class, typed="y\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The audit passes." in done.stdout
    for student in ("1", "2"):
        assert f"{student}: is told {ID}: doubled" in done.stdout
    assert (
        "3: is told" not in done.stdout and "0 scores would change, and 2 reasons." in done.stdout
    )
    changed = f"suites/ch01_lines/{ID}/misconceptions.yaml"
    assert {name for name, content in parts().items() if content != before[name]} == {changed}
    assert parts()[changed].startswith(before[changed].rstrip())
    assert load_misconceptions(room / "course" / changed)[-1].id == "doubled"
    again = run("settle", file, *named, "--see", "squared-error", *in_class, "--yes")
    assert again.returncode == 2 and "There is a misconception doubled already" in again.stderr


@pytest.mark.slow
def test_a_right_answer_is_kept_once_the_suite_takes_it(
    room: Path, run: Run, parts: Callable[[], dict[str, bytes]]
) -> None:
    suite = room / "course" / "suites" / "ch01_lines" / ID / f"test_{ID}.py"
    sound = suite.read_text("utf-8")
    suite.write_text(sound + TOO_STRICT)
    done = dispute(run, f"all/3/{ID}.py")
    assert done.returncode == 0, done.stderr
    words = ("settle", f"{ID}.dispute.json", "--course", "course", "--as", "alternative", "--yes")
    before = parts()
    said = run(*words, "--name", "dot-and-divide")
    assert said.returncode == 1 and "nothing is kept" in said.stdout and parts() == before
    suite.write_text(sound)
    said = run(*words, "--name", "dot-and-divide")
    assert said.returncode == 0, said.stdout + said.stderr
    assert (suite.parent / "alternatives" / "dot_and_divide.py").read_text("utf-8") == RIGHT


def test_what_passes_cannot_be_disputed(room: Path, warm: Callable[..., list[str]]) -> None:
    words = ("dispute", f"all/3/{ID}.py", "--course", EXAMPLE, "--reason", "No")
    said = subprocess.run(warm("grader.cli", *words), cwd=room, capture_output=True, text=True)
    assert said.returncode == 2 and "passes, so there is nothing to dispute" in said.stderr
    assert not list(room.glob("*.json"))


@pytest.mark.parametrize(
    "bent",
    [
        {"schema": "report/v2"},
        {"files": {"x.py": 3}},
        {"files": "x"},
        {"report": {}},
        {"report": None},
        {"reason": 7},
        {"exercise": "no_such"},
    ],
)
def test_what_a_student_bends_is_refused_in_words(
    bent: dict[str, Any], room: Path, run: Run, warm: Callable[..., list[str]]
) -> None:
    words = ("dispute", f"all/1/{ID}.py", "--course", EXAMPLE, "--reason", "No")
    subprocess.run(warm("grader.cli", *words), cwd=room, check=True, capture_output=True)
    file = room / f"{ID}.dispute.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | bent))
    said = run("settle", file.name, "--course", str(EXAMPLE))
    assert said.returncode == 2 and "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("solution", "source"),
    [
        ("a\nb\nc\n", "a\nx\nc\n"),
        ("a\nb\na\nb\n", "a\nb\nx\nb\n"),  # what differs is there twice
        ("a\n\nb\n\nc\n", "a\n\nb\nc\n"),  # only an empty line is gone
        ("a\nb\n", "a\nb\nc\n"),  # nothing is replaced
        ("a\nb\nc\n", "b\n"),
        ("a", "b"),
    ],
)
def test_the_edit_makes_one_of_the_other(solution: str, source: str) -> None:
    old, new = edit_between(solution, source)
    assert solution.count(old) == 1 and solution.replace(old, new) == source
