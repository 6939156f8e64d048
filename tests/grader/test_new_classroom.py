"""`grader classroom new`: what a student gets, what stays with the teacher, what CI runs of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from exercises.catalog import load_catalog
from grader.classroom.settings import read_classroom

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "linear_regression"
ASKED = ("--chapters", "1,2-3", "--points", "masked_softmax=6.5", "--points", "4")
DUE = ("--due", "2026-12-01 23:59", "--zone", "Europe/Berlin")
WRONG = "def softmax(x, dim=-1): return x\n"

New = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def new(tmp_path: Path) -> New:
    """`new(*arguments)`: `grader classroom new class …` in a folder with a space in its name."""
    folder = tmp_path / "of 2026"
    folder.mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "grader.cli", "classroom", "new", "class"]
        return subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def made(new: New, tmp_path: Path) -> Path:
    said = new(*ASKED, *DUE)
    assert said.returncode == 0, said.stderr
    return tmp_path / "of 2026" / "class"


def files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and ".git/" not in path.as_posix()
    }


def test_the_settings_are_what_was_asked_for(made: Path) -> None:
    for file in (made / "classroom.yaml", made / "template" / "assignment.yaml"):
        found = read_classroom(file)
        ids = {one.id for chapter in load_catalog().chapters[:3] for one in chapter.exercises}
        assert set(found.points) == ids
        assert found.points["masked_softmax"] == 6.5
        assert found.max_score == 4 * (len(ids) - 1) + 6.5
        assert found.due and found.due.isoformat() == "2026-12-01T23:59:00+01:00"


def test_a_student_gets_stubs_and_nothing_of_suites_solutions_or_reference(made: Path) -> None:
    found = files(made / "template")
    stubs = {
        f"{one.chapter}/{one.id}.py": one.stub.read_bytes()
        for chapter in load_catalog().chapters[:3]
        for one in chapter.exercises
    }
    around = {"README.md", ".gitignore", "assignment.yaml", "requirements.txt", ".gitlab-ci.yml"}
    assert found.keys() == stubs.keys() | around | {".github/workflows/grade.yml"}
    assert {name: found[name].read_bytes() for name in stubs} == stubs
    told = b"\n".join(stubs.values()).decode()
    hidden = {line for line in hidden_lines() if line not in told}
    assert len(hidden) > 1_000  # or this test sees nothing
    text = "\n".join(path.read_text("utf-8") for path in found.values())
    assert not {line for line in hidden if line in text}


def hidden_lines() -> Iterator[str]:
    """Lines of code that are long enough to be one's own."""
    for folder in (ROOT / "grader" / "suites", ROOT / "reference"):
        for file in (*folder.rglob("*.py"), *folder.rglob("*.yaml")):
            for line in file.read_text("utf-8").splitlines():
                if len(line.strip()) > 40:
                    yield line.strip()


def test_what_actions_runs_grades_a_fresh_clone(
    made: Path, tmp_path: Path, solution: Callable[[str], str]
) -> None:
    clone = cloned(made / "template", tmp_path)
    workflow = yaml.safe_load((clone / ".github" / "workflows" / "grade.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    steps = [step for step in workflow["jobs"]["grade"]["steps"] if "run" in step]
    (clone / "ch01_attention" / "softmax.py").write_text(solution("softmax"), "utf-8")
    (clone / "ch01_attention" / "masked_softmax.py").write_text(WRONG, "utf-8")
    few(clone / "assignment.yaml", {"softmax": 4, "masked_softmax": 6.5})
    summary = tmp_path / "summary.md"
    said = [
        step(one["run"], clone, GITHUB_STEP_SUMMARY=str(summary), GITHUB_WORKSPACE=str(clone))
        for one in steps
    ]
    assert [one.returncode for one in said] == [0, 1], said
    assert "1 of 2 exercises passed, 4 of 10.5 points." in said[-1].stdout
    assert "::error file=ch01_attention/masked_softmax.py" in said[-1].stdout
    assert "1 of 2 exercises passed" in summary.read_text("utf-8")


def test_what_gitlab_runs_grades_a_fresh_clone(
    made: Path, tmp_path: Path, solution: Callable[[str], str]
) -> None:
    clone = cloned(made / "template", tmp_path)
    job = yaml.safe_load((clone / ".gitlab-ci.yml").read_text("utf-8"))["grade"]
    (clone / "ch01_attention" / "softmax.py").write_text(solution("softmax"), "utf-8")
    few(clone / "assignment.yaml", {"softmax": 4})
    assert [step(line, clone).returncode for line in job["script"]] == [0, 0]
    report = (clone / job["artifacts"]["reports"]["junit"]).read_text("utf-8")
    assert 'classname="softmax"' in report


def cloned(template: Path, tmp_path: Path) -> Path:
    """As a student gets it: what git does not keep is not there."""
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "First")):
        subprocess.run(["git", *words], cwd=template, check=True)
    clone = tmp_path / "a clone"
    subprocess.run(["git", "clone", "-q", template, clone], check=True)
    return clone


def few(settings: Path, points: dict[str, float]) -> None:
    """Another assignment: a test need not grade three chapters."""
    settings.write_text(f"title: Few\nexercises: {json.dumps(points)}\n")


def step(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a runner does it, without a network: pip sees that the course is there."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {**os.environ, "PATH": path, "PIP_NO_INDEX": "1", **environment}
    done = subprocess.run(
        ["bash", "-e", "-c", line], cwd=folder, env=known, capture_output=True, text=True
    )
    if "grader doctor" in done.stderr:
        pytest.skip("this machine has no sandbox, and a classroom refuses without one")
    return done


def test_a_course_of_one_s_own_stays_with_its_teacher(new: New, tmp_path: Path) -> None:
    said = new("--course", str(EXAMPLE), "--chapters", "1", "--title", 'Lines: "by hand"')
    assert said.returncode == 0 and "would need your suites" in said.stdout
    folder = tmp_path / "of 2026" / "class"
    found = read_classroom(folder / "classroom.yaml")
    assert (found.title, found.catalog.course.folder) == ('Lines: "by hand"', EXAMPLE)
    names = {"README.md", ".gitignore", *(f"ch01_lines/{id}.py" for id in found.points)}
    assert files(folder / "template").keys() == names


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Which exercises count?"),
        (("--chapters", "one"), "--chapters takes numbers"),
        (("--chapters", "99"), "99"),
        (("--exercise", "sofmax"), "Did you mean softmax"),
        (("--exercise", "softmax", "--points", "many"), "--points takes"),
        (("--exercise", "softmax", "--points", "nan"), "--points takes"),
        (("--exercise", "softmax", "--points", "bpe=4"), "bpe is not among what counts"),
        (("--exercise", "softmax", "--due", "tomorrow"), "%Y-%m-%d %H:%M"),
        (("--exercise", "softmax", *DUE[:2], "--zone", "Berlin"), "must be a time zone"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_written(
    arguments: tuple[str, ...], says: str, new: New, tmp_path: Path
) -> None:
    said = new(*arguments)
    assert said.returncode == 2 and says in said.stderr
    assert not list((tmp_path / "of 2026").iterdir())


def test_nothing_that_is_there_is_overwritten(made: Path, new: New) -> None:
    before = {name: path.read_bytes() for name, path in files(made).items()}
    said = new("--exercise", "softmax")
    assert said.returncode == 2 and "is there already" in said.stderr
    assert {name: path.read_bytes() for name, path in files(made).items()} == before


def test_points_of_an_assignment_are_shared_out_and_add_up(
    tmp_path: Path, warm: Callable[..., list[str]], solution: Callable[[str], str]
) -> None:
    (tmp_path / "softmax.py").write_text(solution("softmax"), "utf-8")
    (tmp_path / "masked_softmax.py").write_text(WRONG)
    few(tmp_path / "a.yaml", {"softmax": 1, "masked_softmax": 0.5})

    def run(*arguments: str) -> Any:
        command = warm("grader.cli", "run", ".", "--classroom", "a.yaml", *arguments)
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    reports = {one["exercise"]: one for one in json.loads(run("--format", "json").stdout)}
    assert {id: one["points"] for id, one in reports.items()} == {"softmax": 1, "masked_softmax": 0}
    for id, most in (("softmax", 1), ("masked_softmax", 0.5)):
        worth = [round(100 * test["max_points"], 6) for test in reports[id]["tests"]]
        assert reports[id]["max_points"] == most
        assert all(float(one).is_integer() for one in worth) and sum(worth) == 100 * most
    assert "bpe is not among the exercises of a.yaml" in run("--exercise", "bpe").stderr
