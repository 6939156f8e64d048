"""`grader regrade`: a suite has changed, and whose score that changes is shown before it does."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
ID = "mean_squared_error"
CLASSROOM = f"title: Lines\ncourse: course\nexercises: {{{ID}: 8}}\n"
RIGHT = "import torch\ndef mean_squared_error(x, y, slope, intercept):\n"
RIGHT += "    e = slope * x + intercept - y\n    return (e * e).mean()\n"
SLIPS = RIGHT.replace("mean()", "mean() * (2 if slope == 77.0 else 1)")  # and no suite asks so far
WRONG = RIGHT.replace("mean()", "sum()")
STRICTER = """

@pytest.mark.points(2)
def test_a_steep_line(submission, rng, expect):
    \"\"\"A steep line has its error, too.\"\"\"
    x, y, _, _ = points(rng, 5)
    expect(submission.mean_squared_error(x, y, 77.0, 0.0)).matches(error(x, y, 77.0, 0.0).float())
"""

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A class with a course of its own: 1 and 4 are right, 2 slips, 3 is wrong, 5 is not there."""
    (tmp_path / "classroom.yaml").write_text(CLASSROOM)
    teach(tmp_path, "first", "")
    for student, source in (("1", RIGHT), ("2", SLIPS), ("3", WRONG), ("4", RIGHT)):
        hand_in(tmp_path, student, source)
    (tmp_path / "all" / "5").mkdir()
    return tmp_path


@pytest.fixture
def command(room: Path, warm: Callable[..., list[str]]) -> Command:
    def run(*words: str, ends: int = 0) -> subprocess.CompletedProcess[str]:
        line = warm("grader.cli", *words, "--classroom", "classroom.yaml")
        done = subprocess.run(line, cwd=room, capture_output=True, text=True, timeout=300)
        assert done.returncode == ends, done.stderr
        return done

    return run


def teach(room: Path, name: str, more: str) -> None:
    """From now on this course: a process that stays warm reads the suites of a folder once."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLE, room / name, ignore=ignored)
    suite = room / name / "suites" / "ch01_lines" / ID / f"test_{ID}.py"
    suite.write_text(suite.read_text("utf-8") + more, "utf-8")
    (room / "course").unlink(missing_ok=True)
    (room / "course").symlink_to(name)


def hand_in(room: Path, student: str, source: str) -> None:
    (room / "all" / student).mkdir(parents=True)
    (room / "all" / student / f"{ID}.py").write_text(source)


def scores(command: Command) -> dict[str, float]:
    found = map(json.loads, command("results").stdout.splitlines())
    return {one["id"]: one["score"] for one in found}


def test_a_stricter_suite_is_shown_before_it_counts(room: Path, command: Command) -> None:
    command("batch", "all")
    before = scores(command)
    assert (before["1"], before["2"], before["5"]) == (8, 8, 0)
    assert "nothing to grade again" in command("regrade", "--dry-run").stdout

    teach(room, "second", STRICTER)
    assert "5 known already" in command("batch", "all").stderr
    assert scores(command) == before  # a batch changes no score that is there
    said = command("regrade", "--dry-run", "--messages", "messages.jsonl").stdout
    assert "2: 8 → 6 of 8 points\n  mean_squared_error: 8 → 6\n" in said
    assert "new test “A steep line has its error, too.”: failed, 0 of 2\n        now: " in said
    assert "\n1: " not in said and "Nothing is changed yet" in said
    assert "4 answers were judged by earlier suites" in said  # 1 and 4 are the same bytes
    assert scores(command) == before
    messages = (room / "messages.jsonl").read_text("utf-8").splitlines()
    told = {one["id"]: one["message"] for one in map(json.loads, messages)}
    assert told["2"].splitlines()[:4] == [
        "Lines: 8 points before, 6 of 8 now.",
        "Its tests have changed, so it was graded again.",
        "mean_squared_error: 8 before, 6 now.",
        "- new test “A steep line has its error, too.”: failed, 0 of 2",
    ]
    assert told.keys() == {"2"}

    command("regrade")
    assert scores(command) == before | {"2": 6}
    assert "nothing to grade again" in command("regrade", "--dry-run").stdout


def test_never_lower_keeps_what_was_better(room: Path, command: Command) -> None:
    command("batch", "all")
    before = scores(command)
    teach(room, "second", STRICTER)
    hand_in(room, "6", SLIPS + "# later")
    said = command("batch", "all").stderr
    assert "1 answer graded" in said and "4 answers keep the verdict of an earlier suite" in said
    assert "0 scores change" in command("regrade", "--never-lower").stdout
    assert scores(command) == before | {"6": 6}
    assert ": 0 answers graded, 6 known" in command("batch", "all").stderr
    assert scores(command) == before | {"6": 6}  # and another batch does not undo it


def test_a_kinder_suite_gives_points_and_says_why(room: Path, command: Command) -> None:
    teach(room, "strict", STRICTER)
    for folder in sorted((room / "all").iterdir()):  # as Moodle has them
        folder.rename(
            folder.with_name(f"Alan T. {folder.name}_{folder.name}_assignsubmission_file")
        )
    command("batch", "all")
    teach(room, "kind", "")
    said = command("regrade", "--never-lower").stdout
    assert "Alan T. 2 (2): 6 → 8 of 8 points\n" in said
    assert "“A steep line has its error, too.” is no test any more; it was failed, 0" in said
    assert scores(command)["2"] == 8


def test_a_store_is_held_while_it_is_graded_again_and_needs_to_be_there(
    room: Path, command: Command
) -> None:
    assert "There is no file classroom.sqlite" in command("regrade", ends=2).stderr
