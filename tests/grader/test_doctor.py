"""The doctor believes what was tried, not what is claimed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from grader.errors import GraderError
from grader.examiner.answer_key import solution_path
from grader.lockdown import privileges, syscalls
from grader.lockdown.lockdown import LAYERS, OPTIONAL
from grader.lockdown.probe import ATTEMPTS
from grader.proving.doctor import DOCTOR_SCHEMA, examine

linux = pytest.mark.skipif(not syscalls.LINUX, reason="the lock-down's layers are Linux's")


def test_a_report_names_every_layer_and_every_attempt() -> None:
    report: dict[str, Any] = json.loads(json.dumps(examine().to_dict()))
    assert report["schema"] == DOCTOR_SCHEMA
    assert set(report) == {"schema", "platform", "layers", "attempts", "sandboxed"}
    assert [layer["name"] for layer in report["layers"]] == list(LAYERS)
    assert {frozenset(layer) for layer in report["layers"]} == {
        frozenset(("name", "holds", "detail", "advice"))
    }
    assert [attempt["what"] for attempt in report["attempts"]] == [what for what, _, _ in ATTEMPTS]
    assert {frozenset(attempt) for attempt in report["attempts"]} == {
        frozenset(("what", "layer", "blocked", "how"))
    }


def test_it_is_sandboxed_exactly_where_every_layer_holds() -> None:
    report = examine()
    needed = [layer for layer in report.layers if layer.name not in OPTIONAL]
    assert report.sandboxed == all(layer.holds for layer in needed)
    for layer in report.layers:
        assert layer.holds or layer.advice


@linux
def test_without_landlock_it_says_what_a_submission_could_do() -> None:
    report = examine(without=["landlock", "namespaces"])
    assert not report.sandboxed
    text = "\n".join(report.lines())
    assert "✗ landlock" in text
    assert "a submission could read the grader's source" in text
    assert "NOT sandboxed" in text


@linux
def test_namespaces_are_one_more_layer_and_not_needed() -> None:
    with_them, without = examine(), examine(without=["namespaces"])
    if not without.layers[LAYERS.index("privileges")].holds:
        pytest.skip("here they are what lets a worker do without a capability")
    assert with_them.sandboxed == without.sandboxed
    assert "– namespaces" in without.to_text()


@linux
@pytest.mark.skipif(os.getuid() != 0, reason="only root may take /proc away")
def test_where_there_is_no_proc_it_says_so(tmp_path: Path) -> None:
    """And a right answer is graded all the same, with a word on what is missing."""
    doctor = [sys.executable, "-m", "grader.cli", "doctor"]
    hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    if subprocess.run([*hidden, "true"]).returncode:
        pytest.skip("this container lets nobody mount anything")
    done = subprocess.run([*hidden, *doctor], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ limits       memory cannot be limited where there is no /proc" in done.stdout
    assert "Mount /proc." in done.stdout

    answer = tmp_path / "softmax.py"
    shutil.copy(solution_path(load_catalog().exercise("softmax")), answer)
    grade = [sys.executable, "-m", "grader.cli", "run", "--allow-unsandboxed", str(answer)]
    done = subprocess.run([*hidden, *grade], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Graded without limits" in done.stdout


LOOK = """
import json, os, sys
from grader import Submission
from grader.executor import ExaminerPool
from grader.grader import grade
from processes import generations

with ExaminerPool() as pool:
    pool.submit(grade, Submission("softmax", "def softmax(x, dim): return x")).result()
    seen = {}
    for pid in sum(generations(os.getpid())[1:], []):
        for file in ("environ", "maps", "mem"):
            try:
                if not open(f"/proc/{pid}/{file}", "rb").read(1):
                    continue  # it is ending, and has no memory any more
            except (PermissionError, FileNotFoundError, ProcessLookupError):
                continue
            except OSError:  # a part of its memory that is not there, of a file that was opened
                pass
            seen[file] = pid
print(json.dumps(seen))
"""


@linux
@pytest.mark.alone  # a process that another test has just started is not closed yet
def test_no_process_of_ours_can_be_looked_into_by_another_of_its_user() -> None:
    """As a worker could where Landlock is missing: the user is the same, the privileges are not."""
    there = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        preexec_fn=privileges.harden,
        env={**os.environ, "PYTHONPATH": there},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {}


def _probe_that_says(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    done = subprocess.CompletedProcess([], 0, stdout=answer, stderr="Traceback: no")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)


def test_a_layer_that_something_got_past_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    fork = {"what": "fork", "layer": "seccomp", "blocked": False, "how": "it worked"}
    claim = {"holds": True, "detail": "167 instructions", "advice": ""}
    _probe_that_says(monkeypatch, json.dumps({"layers": {"seccomp": claim}, "attempts": [fork]}))
    report = examine()
    assert not report.sandboxed
    assert not report.layers[0].holds
    assert "fork" in report.layers[0].detail
    assert report.layers[0].advice


def test_a_lock_down_that_fails_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    _probe_that_says(monkeypatch, "")
    with pytest.raises(GraderError, match="could not be tried: Traceback"):
        examine()


@linux
def test_without_room_for_what_it_tries_it_says_so() -> None:
    command = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "grader.cli"]
    done = subprocess.run([*command, "doctor"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "grader: the sandbox could not be tried: no folder for temporary files has room\n"
    )
