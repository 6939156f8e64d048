"""The `grader` command as a shell sees it: what it prints, where, and what it ends with."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pexpect
import pytest
import torch
from click.testing import CliRunner

from grader import Grader, Report, Submission
from grader.cli import cli
from grader.commands.audit import audit
from grader.errors import UsageError
from grader.proving.audit import AuditResult

Warm = Callable[..., list[str]]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
COMMAND = [sys.executable, "-m", "grader.cli"]
WRONG = """
import torch

def softmax(x, dim=-1):
    return torch.exp(x - x.amax(dim, keepdim=True))
"""
ROOT = Path(__file__).parents[2]
UNSANDBOXED = "--allow-unsandboxed"  # what these commands print is the same on every machine


def run(*arguments: object, **options: Any) -> "subprocess.CompletedProcess[str]":
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def on_a_terminal(command: list[str], **environment: str) -> tuple[int, str]:
    """The exit status, and what a terminal of 100 columns is sent."""
    child = pexpect.spawn(
        command[0],
        command[1:],
        env={**os.environ, "TERM": "xterm-256color", **environment},
        encoding="utf-8",
        dimensions=(40, 100),
        timeout=300,
    )
    output = child.read()
    child.close()
    return child.exitstatus, output


@pytest.fixture
def run_warm(warm: Warm) -> Run:
    """`grader run` without the seconds until torch is loaded."""

    def start(*arguments: object) -> "subprocess.CompletedProcess[str]":
        command = warm("grader.cli", "run", *arguments)
        return subprocess.run(command, capture_output=True, text=True)

    return start


@pytest.fixture
def right(tmp_path: Path, solution: Callable[[str], str]) -> Path:
    file = tmp_path / "softmax.py"
    file.write_text(solution("softmax"), encoding="utf-8")
    return file


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "my answer.py"
    file.write_text(WRONG, encoding="utf-8")
    return file


def timeless(report: Report) -> Report:
    tests = tuple(replace(test, duration_ms=0.0) for test in report.tests)
    return replace(report, tests=tests, duration_ms=0.0, layers={})


def test_a_right_file_ends_with_0_and_in_colour_on_a_terminal(right: Path) -> None:
    """The exercise is the file's name."""
    os.environ.pop("NO_COLOR", None)
    status, output = on_a_terminal([*COMMAND, "run", UNSANDBOXED, str(right)])
    assert status == 0, output
    assert "✓ softmax: passed" in output
    assert "\x1b[32m" in output


def test_a_wrong_file_ends_with_1_and_without_colour_where_none_is_wanted(
    wrong: Path, warm: Warm
) -> None:
    command = warm("grader.cli", "run", UNSANDBOXED, wrong, "--exercise", "softmax")
    status, output = on_a_terminal(command, NO_COLOR="1")
    assert status == 1
    assert "✗ softmax: not passed" in output
    assert "You return the exponentials without dividing them by their sum" in output
    assert "\x1b" not in output
    assert max(map(len, output.splitlines())) <= 100


def test_json_goes_to_stdout_and_a_seed_asks_the_same_again(
    wrong: Path, grader: Grader, run_warm: Run
) -> None:
    done = run_warm(UNSANDBOXED, wrong, "--exercise", "softmax", "--seed", 5, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    data = json.loads(done.stdout)
    jsonschema.validate(data, json.loads((files("grader") / "report.schema.json").read_text()))
    again = grader.grade(Submission.from_file(wrong, "softmax", seed=5))
    assert timeless(Report.from_dict(data)) == timeless(again)
    other = grader.grade(Submission.from_file(wrong, "softmax", seed=6))
    assert timeless(other).tests != timeless(again).tests


def test_junit_goes_into_a_file(right: Path, tmp_path: Path, run_warm: Run) -> None:
    output = tmp_path / "report.xml"
    done = run_warm(UNSANDBOXED, right, "--format", "junit", "--output", output)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = ElementTree.parse(output).getroot()
    assert (found.get("name"), found.get("failures"), found.get("errors")) == ("softmax", "0", "0")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "nowhere/softmax.py"], "There is no file nowhere/softmax.py."),
        (["run", "."], ". holds no answer. A file is found by its name, such as ch01_attention/"),
        (["run", ".", "softmx.py", "--exercise", "softmax"], "Which exercise is softmx.py?"),
        (["run", "no.py", "--exercise", "softmax", "--exercise", "bleu"], "Grade it alone"),
        (["run", "softmax.py", "softmax.py"], "There are several answers to softmax."),
        (["run", ".", "--exercise", "softmx"], "There is no exercise 'softmx'. Did you mean"),
        (["run", "softmx.py", "--also", "yaml", "x"], "'yaml' is not one of 'text', 'json'"),
        (["run", "softmx.py"], "There is no exercise 'softmx'. Did you mean softmax?"),
        (["run", "softmx.py", "--exercise", "masked_sofmax"], "Did you mean masked_softmax?"),
        (["run", "softmx.py", "--format", "yaml"], "'yaml' is not one of 'text', 'json', 'junit'"),
        (["run", "softmx.py", "--seed", "many"], "'many' is not a valid integer"),
        (["run"], "Missing argument 'FILE...'"),
        (["audit", "softmx"], "There is no exercise 'softmx'. Did you mean softmax?"),
        (["audit", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["bench", "--exercise", "softmx"], "There is no exercise 'softmx'. Did you mean softmax?"),
        (["bench", "--runs", "1"], "Invalid value for '--runs'"),
        (["doctor", "--format", "junit"], "'junit' is not one of 'text', 'json'"),
        (["examine"], "No such command 'examine'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage_errors_end_with_2_and_a_sentence(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "softmx.py").write_text(WRONG)
    (tmp_path / "softmax.py").write_text(WRONG)
    if arguments == ["run", "."]:
        (tmp_path / "softmax.py").unlink()
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_a_usage_error(wrong: Path) -> None:
    done = run("run", UNSANDBOXED, wrong, "--exercise", "softmax", "--device", "cuda")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "grader: This machine has no CUDA device that torch can use. Use --device cpu.\n"
    )


def test_a_report_that_cannot_be_written_is_a_usage_error(
    wrong: Path, tmp_path: Path, run_warm: Run
) -> None:
    output = tmp_path / "nowhere" / "report.json"
    done = run_warm(UNSANDBOXED, wrong, "--exercise", "softmax", "--output", output)
    assert done.returncode == 2
    assert done.stderr == f"grader: {output} cannot be written: No such file or directory.\n"
    assert done.stdout.startswith("✗ softmax: not passed")  # it is not lost


def test_one_report_that_cannot_be_written_costs_no_other(
    right: Path, tmp_path: Path, run_warm: Run
) -> None:
    lost, kept = tmp_path / "nowhere" / "report.xml", tmp_path / "report.json"
    also = ("--also", "junit", lost, "--also", "json", kept)
    done = run_warm(UNSANDBOXED, right, *also)
    assert done.returncode == 2
    assert done.stderr == f"grader: {lost} cannot be written: No such file or directory.\n"
    assert done.stdout.count("softmax: passed") == 1
    assert json.loads(kept.read_text())["exercise"] == "softmax"


@pytest.mark.parametrize("name", ["softmax.py", "hard", "soft", "helper.py", "../{}/helper.py"])
@pytest.mark.parametrize("option", [["--output"], ["--also", "json"]], ids=" ".join)
def test_a_report_replaces_nothing_that_is_handed_in(
    name: str, option: list[str], right: Path, tmp_path: Path
) -> None:
    right.write_text(f"import helper\n{right.read_text()}")
    (tmp_path / "helper.py").write_text("FACTOR = 1\n")
    (tmp_path / "hard").hardlink_to(right)
    (tmp_path / "soft").symlink_to("helper.py")
    output = tmp_path / name.format(tmp_path.name)
    before = output.read_bytes()
    done = run("run", right, *option, output)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"grader: {output} is read here: what is written would replace it. Give another name.\n"
    )
    assert output.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("arguments", [["run", "softmax.py"], ["doctor"]], ids=" ".join)
def test_a_full_disk_is_said(arguments: list[str], tmp_path: Path, right: Path, warm: Warm) -> None:
    with Path("/dev/full").open("w") as full:
        command = warm("grader.cli", *arguments)
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == (
        "grader: The standard output cannot be written: No space left on device.\n"
    )


def test_a_report_that_nobody_reads_is_a_verdict_all_the_same(
    right: Path, wrong: Path, warm: Warm
) -> None:
    for file, status in ((right, 0), (wrong, 1)):
        reader, writer = os.pipe()
        os.close(reader)
        arguments = warm("grader.cli", "run", file, "--exercise", "softmax")
        done = subprocess.run(arguments, stdout=writer, stderr=subprocess.PIPE, text=True)
        os.close(writer)
        assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize(
    ("arguments", "is_stdout_full", "status"),
    [
        (["run", "softmax.py"], True, 2),
        (["run", "softmax.py"], False, 0),
        (["run", "nothere.py"], False, 2),
        (["run", "--nonsense"], False, 2),
        (["--help"], True, 3),
    ],
)
def test_messages_without_room_change_no_exit_code(
    arguments: list[str], is_stdout_full: bool, status: int, tmp_path: Path, right: Path, warm: Warm
) -> None:
    with Path("/dev/full").open("w") as full:
        stdout = full if is_stdout_full else subprocess.DEVNULL
        command = warm("grader.cli", *arguments)
        done = subprocess.run(command, cwd=tmp_path, stdout=stdout, stderr=full)
    assert done.returncode == status


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["keygen", "class.key"]])
def test_what_nobody_reads_is_no_failed_answer(arguments: list[str], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [*COMMAND, *arguments]
    done = subprocess.run(command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_suite_that_breaks_ends_with_3(tmp_path: Path, right: Path) -> None:
    course = tmp_path / "course"
    for package in ("exercises", "grader"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, course / package, ignore=ignored)
    (course / "grader/suites/ch01_attention/softmax/test_softmax.py").write_text("1 / 0\n")
    environment = {**os.environ, "PYTHONPATH": str(course)}
    done = run("run", UNSANDBOXED, right, cwd=course, env=environment)
    assert done.returncode == 3
    assert done.stdout.startswith("! softmax: could not be graded")
    assert "ZeroDivisionError" in done.stdout


def test_help_and_version_end_with_0() -> None:
    for arguments in (["--help"], ["-h"], ["run", "--help"], ["--version"]):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_audit_shows_how_far_it_is_and_takes_what_passed_from_the_cache(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "CI": ""}
    command = ("audit", "multiplicative_score", "--jobs", "1")
    status, output = on_a_terminal([*COMMAND, *command], **environment)
    assert status == 0, output
    (total,) = set(re.findall(r"multiplicative_score \d+ of (\d+) …", output))
    assert f"multiplicative_score {total} of {total} …" in output
    assert re.search(r"exercises from cache +0\b", output)

    done = run(*command, "--format", "json", env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == [
        "exercises",
        "exercises_from_cache",
        "stubs_failed",
        "empty_answers",
        "empty_answers_failed",
        "solutions_passed",
        "alternatives",
        "alternatives_passed",
        "misconceptions",
        "caught",
        "named",
        "problems",
    ]
    assert found["problems"] == []
    assert found["exercises"] == found["stubs_failed"] == found["solutions_passed"] == 1
    assert found["empty_answers"] == found["empty_answers_failed"] == 5
    assert found["alternatives"] == found["alternatives_passed"] >= 2
    assert found["misconceptions"] == found["caught"] == found["named"] >= 4
    assert found["exercises_from_cache"] == 1
    trials = 2 + found["empty_answers"] + found["alternatives"] + found["misconceptions"]
    assert trials == int(total)


@pytest.mark.parametrize(
    ("arguments", "environment", "is_asked"),
    [([], {}, True), (["--all"], {}, False), ([], {"CI": "true"}, False)],
)
def test_all_and_ci_grade_everything(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    is_asked: bool,
) -> None:
    caches = []

    def audited(
        grader: object, catalog: object, chosen: object, cache: object, show: object
    ) -> Any:
        caches.append(cache)
        return AuditResult()

    monkeypatch.setattr("grader.proving.audit.audit", audited)
    monkeypatch.setattr("grader.commands.audit.Grader", lambda jobs: nullcontext())
    monkeypatch.delenv("CI", raising=False)
    done = CliRunner().invoke(audit, arguments, env=environment)
    assert done.exception is None
    assert [cache is not None for cache in caches] == [is_asked]


def test_doctor_tells_in_json_which_layers_hold() -> None:
    done = run("doctor", "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == (0 if found["sandboxed"] else 1)
    assert found["schema"] == "doctor/v1"
    assert all({"name", "holds", "detail", "advice"} == set(layer) for layer in found["layers"])
    assert all({"what", "layer", "blocked", "how"} == set(item) for item in found["attempts"])


@pytest.mark.slow
def test_bench_tells_in_json_what_takes_how_long() -> None:
    done = run("bench", "--exercise", "softmax", "--runs", 2, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    times = ["import_torch_s", "cold_cli_s", "cold_pytest_s"]
    assert list(found) == ["schema", "exercise", "runs", *times, "warm_ms", "alone_ms", "ratios"]
    assert (found["schema"], found["exercise"], found["runs"]) == ("bench/v1", "softmax", 2)
    assert all(found[name] > 0 for name in times)
    warm, alone = found["warm_ms"], found["alone_ms"]
    assert set(warm) == set(alone) == {"median", "p95"}
    assert found["ratios"] == pytest.approx(
        {
            "warm_to_alone": warm["median"] / alone["median"],
            "cold_pytest_to_warm": 1000 * found["cold_pytest_s"] / warm["median"],
            "cold_cli_to_import_torch": found["cold_cli_s"] / found["import_torch_s"],
        }
    )


@pytest.mark.parametrize(("options", "only"), [([], True), ([UNSANDBOXED], False)])
def test_a_classroom_runs_nothing_unprotected_unless_told_to(
    options: list[str], only: bool, right: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def grade(_: Grader, submission: Submission) -> Report:
        asked.append(submission)
        raise UsageError("enough")

    monkeypatch.setattr(Grader, "grade", grade)
    CliRunner().invoke(cli, ["run", str(right), *options])
    assert [submission.only_sandboxed for submission in asked] == [only]
