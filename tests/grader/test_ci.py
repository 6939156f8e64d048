"""`grader run` in the job of a CI system: what it is told there, and what it leaves."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from classroom50_job import JOB

UNSCALED = "def softmax(x, dim=-1):\n    print('::error::hacked')\n    return x\n"
Job = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "ch01_attention").mkdir(parents=True)
    (folder / "ch01_attention" / "softmax.py").write_text(UNSCALED)
    return folder


@pytest.fixture
def job(checkout: Path, warm: Callable[..., list[str]]) -> Job:
    """`job(*arguments, NAME="value")`: `grader run`, with this said by the system."""

    def run(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        command = warm("grader.cli", "run", "--allow-unsandboxed", *arguments)
        known = {**os.environ, "GITHUB_STEP_SUMMARY": "", "GITHUB_WORKSPACE": "", **environment}
        return subprocess.run(command, cwd=checkout, env=known, capture_output=True, text=True)

    return run


def test_github_has_paths_from_the_root_and_a_summary(
    checkout: Path, tmp_path: Path, job: Job
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    done = job(
        "ch01_attention",
        "--format",
        "github",
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_WORKSPACE=str(checkout),
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "::error file=ch01_attention/softmax.py,title=softmax" in done.stdout
    written = summary.read_text("utf-8")
    assert written.startswith("# Before\n### 0 of 1 exercises passed")


@pytest.mark.parametrize("taken", [1_000_000, 999_900])
def test_a_summary_without_room_is_left_as_it_was(taken: int, tmp_path: Path, job: Job) -> None:
    """GitHub drops the whole summary of a step that is too large."""
    summary = tmp_path / "summary.md"
    summary.write_text("x" * taken)
    done = job(".", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    assert done.stderr == "grader: The summary of this step has no room for the result.\n"
    assert summary.stat().st_size == taken


def test_a_summary_that_cannot_be_written_changes_no_verdict(tmp_path: Path, job: Job) -> None:
    done = job(".", "--format", "github", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert (done.returncode, "::error" in done.stdout) == (1, True)
    assert done.stderr == "grader: The summary cannot be written: Is a directory.\n"


def test_no_format_of_a_system_is_chosen_unless_asked_for(tmp_path: Path, job: Job) -> None:
    summary = tmp_path / "summary.md"
    done = job(".", GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true", GITLAB_CI="true")
    assert done.stdout.startswith("✗ softmax: not passed")
    assert "::stop-commands" not in done.stdout
    assert not summary.exists()


def test_classroom50_is_told_which_submission_it_is(checkout: Path, job: Job) -> None:
    done = job(".", "--also", "classroom50", "result.json", **JOB)
    assert (done.returncode, done.stderr) == (1, "")
    result = json.loads((checkout / "result.json").read_text("utf-8"))
    assert result["review"] == result["commit"] == JOB["COMMIT_URL"]
    assert (result["score"], result["max-score"] > 0) == (0, True)
    assert result["tests"][0]["exercise"] == "softmax"


def test_classroom50_outside_of_its_jobs_is_a_usage_error(job: Job) -> None:
    done = job(".", "--format", "classroom50", **dict.fromkeys(JOB, ""))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grader: This is no job of Classroom 50: CLASSROOM, ASSIGNMENT,")
