"""A student's folder, as `grader run FOLDER` sees it: which files are graded, and how."""

import json
import os
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


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


WRONG_LOSS = "def cross_entropy(*_): return 0"
STUB = load_catalog().exercise("softmax").stub.read_text("utf-8")
OTHER_STUB = load_catalog().exercise("masked_softmax").stub.read_text("utf-8")


@pytest.mark.parametrize("home", [".", "workspace", "ch01_attention", "workspace/ch01_attention"])
def test_notebooks_are_answers_beside_files(
    home: str, tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    """Of a stub and an answer the answer counts, whichever of the two the notebook holds."""
    workspace = tmp_path / "workspace" / "ch01_attention"
    write(workspace / "softmax.py", STUB)
    write(workspace / "masked_softmax.py", solution("masked_softmax"))
    cells = ("import torch", solution("softmax"), OTHER_STUB, "def cross_entropy(:")
    write(tmp_path / home / "any name.ipynb", notebook(*cells))
    write(tmp_path / home / ".hidden.ipynb", notebook(WRONG))
    found = reports(run_folder(".", "--format", "json"))
    assert {id: report["outcome"] for id, report in found.items()} == {
        "softmax": "passed",
        "masked_softmax": "passed",
        "cross_entropy": "failed",
    }


def test_of_a_file_and_a_notebook_that_differ_none_is_chosen(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    for id in ("softmax", "masked_softmax"):
        write(tmp_path / f"{id}.py", solution(id))
    write(tmp_path / "a.ipynb", notebook(WRONG, solution("masked_softmax")))
    found = reports(run_folder(".", "--format", "json"))
    assert found["masked_softmax"]["outcome"] == "passed"
    assert found["softmax"]["problem"]["message"] == (
        "There are several answers: softmax.py and a.ipynb. Keep one of them."
    )


def test_what_is_asked_for_is_found_further_down(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    """Beside a stub in its place as well; what has an answer there is not looked for below."""
    for id in ("softmax", "masked_softmax"):
        stub = load_catalog().exercise(id).stub.read_text("utf-8")
        write(tmp_path / "ch01_attention" / f"{id}.py", stub)
    write(tmp_path / "cross_entropy.py", solution("cross_entropy"))
    write(tmp_path / "week 1" / "mine" / "answers.ipynb", notebook(solution("softmax"), WRONG_LOSS))
    write(tmp_path / "week 1" / "masked_softmax.py", solution("masked_softmax"))
    write(tmp_path / "week 1" / ".ipynb_checkpoints" / "answers.ipynb", notebook(WRONG))
    (tmp_path / "round").symlink_to(tmp_path)
    asked = ("softmax", "masked_softmax", "cross_entropy")
    named = [word for id in asked for word in ("--exercise", id)]
    found = reports(run_folder(".", *named, "--format", "json"))
    assert [found[id]["outcome"] for id in asked] == ["passed"] * 3
    write(tmp_path / "week 2" / "answers.ipynb", notebook(WRONG))
    found = reports(run_folder(".", *named, "--format", "json"))
    assert found["softmax"]["problem"]["message"] == (
        "There are several answers: week 1/mine/answers.ipynb and week 2/answers.ipynb."
        " Keep one of them."
    )


def test_a_missing_answer_says_what_is_wrong_with_the_notebooks(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    write(tmp_path / "softmax.py", solution("softmax"))
    write(tmp_path / "a.ipynb", notebook("x = 1"))
    write(tmp_path / os.fsdecode(b"b\xff.ipynb"), "<<<<<<< HEAD\n")
    asked = ("--exercise", "softmax", "--exercise", "masked_softmax")
    found = reports(run_folder(".", *asked, "--format", "json"))
    assert found["softmax"]["outcome"] == "passed"
    says = found["masked_softmax"]["problem"]["message"]
    assert says.startswith(
        "There is no file masked_softmax.py in what you hand in. b\\udcff.ipynb has"
    )
    assert says.endswith("a.ipynb: No cell defines masked_softmax.")


def test_a_notebook_may_import_what_lies_beside_it_and_other_answers(
    tmp_path: Path, solution: Callable[[str], str], run_folder: Folder
) -> None:
    write(tmp_path / "helpers.py", "half = 0.5\n")
    write(tmp_path / "ch01_attention" / "softmax.py", solution("softmax"))
    importing = "from helpers import half\nfrom softmax import softmax\n"
    file = write(tmp_path / "a.ipynb", notebook(importing + solution("masked_softmax")))
    assert reports(run_folder(".", "--format", "json"))["masked_softmax"]["outcome"] == "passed"
    write(
        file, notebook(importing, solution("softmax"), "softmax; half", solution("cross_entropy"))
    )
    assert reports(run_folder("a.ipynb", "--format", "json"))["softmax"]["outcome"] == "passed"


def test_a_folder_of_too_many_notebooks_is_refused(tmp_path: Path, run_folder: Folder) -> None:
    for number in range(51):
        write(tmp_path / f"{number}.ipynb", notebook(WRONG))
    done = run_folder(".")
    assert done.returncode == 2
    assert done.stderr == "grader: There are more than 50 notebooks. Keep those with answers.\n"
