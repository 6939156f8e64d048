"""A student's folder, as `grader run FOLDER` sees it: which files are graded, and how."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from exercises.catalog import load_catalog

Folder = Callable[..., "subprocess.CompletedProcess[str]"]
WRONG = "def softmax(x, dim=-1):\n    return x\n"


@pytest.fixture
def run_folder(tmp_path: Path, warm: Callable[..., list[str]]) -> Folder:
    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        command = warm("grader.cli", "run", "--allow-unsandboxed", *arguments)
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def reports(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert done.stderr == ""
    return {report["exercise"]: report for report in json.loads(done.stdout)}


@pytest.mark.parametrize("home", ["ch01_attention", "workspace/ch01_attention", "."])
def test_answers_are_found_where_a_workspace_has_them(
    home: str, tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    write(tmp_path / home / "softmax.py", solution("softmax"))
    write(tmp_path / home / "masked_softmax.py", "def masked_softmax(x, mask):\n    return x\n")
    write(tmp_path / ".git" / "softmax.py", WRONG)
    write(tmp_path / home / "notes.py", "1 / 0")
    done = run_folder(".", "--format", "json")
    assert done.returncode == 1
    found = reports(done)
    assert list(found) == ["softmax", "masked_softmax"]  # in the order of the course
    assert [report["outcome"] for report in found.values()] == ["passed", "failed"]


def test_what_is_asked_for_and_missing_fails_with_all_its_points(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    """Who takes a file away must not have a better grade."""
    write(tmp_path / "softmax.py", solution("softmax"))
    write(tmp_path / "scaled_dot_product_attention.py", "1 / 0")
    asked = ("--exercise", "softmax", "--exercise", "masked_softmax")
    done = run_folder(".", *asked, "--format", "json")
    found = reports(done)
    assert done.returncode == 1
    assert list(found) == ["softmax", "masked_softmax"]
    missing = found["masked_softmax"]
    assert (
        missing["problem"]["message"] == "There is no file masked_softmax.py in what you hand in."
    )
    assert (missing["outcome"], missing["points"]) == ("failed", 0)
    assert missing["max_points"] == sum(test["max_points"] for test in missing["tests"]) > 0


def test_two_answers_to_one_exercise_and_links_out_of_the_folder_fail_alone(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    folder = tmp_path / "student"
    other = write(tmp_path / "other.py", solution("masked_softmax"))
    write(folder / "softmax.py", solution("softmax"))
    write(folder / "ch01_attention/softmax.py", WRONG)
    (folder / "masked_softmax.py").symlink_to(other)
    write(folder / "cross_entropy.py", solution("cross_entropy"))
    done = run_folder("student", "--format", "json")
    found = reports(done)
    assert done.returncode == 1
    assert found["cross_entropy"]["outcome"] == "passed"
    assert found["softmax"]["problem"]["message"] == (
        "There are several answers: ch01_attention/softmax.py and softmax.py. Keep one of them."
    )
    assert "is a symbolic link" in found["masked_softmax"]["problem"]["message"]
    assert all(found[id]["max_points"] > 0 for id in ("softmax", "masked_softmax"))


def test_an_answer_may_import_those_of_other_chapters(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    exercise = load_catalog().exercise("softmax")
    first, second = load_catalog().chapters[:2]
    assert exercise.chapter == first.id
    target = second.exercises[0]
    write(tmp_path / first.id / "softmax.py", solution("softmax"))
    write(tmp_path / second.id / target.stub.name, "import softmax\n" + solution(target.id))
    found = reports(run_folder(".", "--format", "json"))
    assert [found[id]["outcome"] for id in ("softmax", target.id)] == ["passed", "passed"]


def test_one_run_writes_the_same_verdicts_in_several_formats(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    right = write(tmp_path / "one" / "softmax.py", solution("softmax"))
    wrong = write(tmp_path / "two" / "masked_softmax.py", "x = 1\n")
    also = ("--also", "json", "all.json", "--also", "junit", "all.xml")
    done = run_folder(right, wrong, *also)
    assert (done.returncode, done.stderr) == (1, "")
    assert "✓ softmax: passed" in done.stdout
    assert "1 of 2 exercises passed" in done.stdout
    written = json.loads((tmp_path / "all.json").read_text())
    assert [report["exercise"] for report in written] == ["softmax", "masked_softmax"]
    suites = ElementTree.parse(tmp_path / "all.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["softmax", "masked_softmax"]


def test_a_folder_gives_a_list_even_of_one(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    write(tmp_path / "softmax.py", solution("softmax"))
    done = run_folder(".", "--format", "json")
    assert done.returncode == 0
    assert list(reports(done)) == ["softmax"]
