"""How many submissions are graded in a second, beside plain pytest and two graders of others.

All in one run and on one exercise, so that the ratios hold on any machine. The others grade in
processes of their own, each submission in a fresh one, as they do for a class; what their tests ask
is less than what the suite asks.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exercises.catalog import load_catalog
from grader.errors import UsageError
from grader.examiner.answer_key import solution_path
from grader.grader import Grader
from grader.proving.bench import plain_pytest
from grader.submission import Submission

EXERCISE = "softmax"
WARM_UP_SECONDS = 15.0  # for each job: by then all processes are up
PEER_RUNS = 5  # each takes seconds
CHECKS = """
import torch
x = torch.tensor([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]])
assert torch.allclose(softmax(x, dim=1), torch.softmax(x, 1))
assert torch.allclose(softmax(x, dim=0), torch.softmax(x, 0))
assert softmax(x.double(), dim=1).dtype == torch.float64
x = torch.randn(4, 5, requires_grad=True)
softmax(x, dim=-1)[:, 0].sum().backward()
assert x.grad.shape == x.shape
"""
OTTER_TEST = """
OK_FORMAT = False
from otter.test_files import test_case
name, points = "{id}", 4

@test_case(points=4)
def test_values({id}):
{checks}
"""
NBGRADER_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "bench"\n'


@dataclass(frozen=True)
class Rate:
    """Of `count` submissions that took so many seconds together."""

    name: str
    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True)
class BatchBenchResult:
    exercise: str
    rates: tuple[Rate, ...]

    def to_dict(self) -> dict[str, Any]:
        rates = [asdict(rate) | {"per_second": rate.per_second} for rate in self.rates]
        return {"schema": "batch-bench/v1", "exercise": self.exercise, "rates": rates}

    def to_text(self) -> str:
        ours = self.rates[0].per_second
        rows = [
            f"{rate.name:<24} {rate.per_second:8.2f} a second"
            f"   {rate.per_second / ours:8.3f} of one job, of {rate.count}"
            for rate in self.rates
        ]
        return "\n".join([self.exercise, "", *rows]) + "\n"


def bench_batch(count: int, jobs: Sequence[int], peers: Path | None) -> BatchBenchResult:
    """`count` submissions of the solution for each number of jobs, no two alike.

    `peers` is a Python that has otter-grader, nbgrader and torch; without it they are left out.
    """
    source = solution_path(load_catalog().exercise(EXERCISE)).read_text("utf-8")
    rates = [_ours(source, count, number) for number in jobs]
    with tempfile.TemporaryDirectory() as folder:
        rates.append(_measured("plain pytest", _plain_pytest, Path(folder, "pytest"), source))
        if peers:
            otter = Path(folder, "otter")
            rates.append(_measured("otter-grader", _otter(str(peers)), otter, source))
            rates.append(_nbgrader(str(peers), Path(folder, "nbgrader"), source))
    return BatchBenchResult(EXERCISE, tuple(rates))


def _ours(source: str, count: int, jobs: int) -> Rate:
    def submissions(name: str, number: int) -> list[Submission]:
        return [Submission(EXERCISE, f"{source}# {name} {n}\n", seed=0) for n in range(number)]

    with Grader(jobs) as grader:
        started = time.perf_counter()
        while time.perf_counter() - started < WARM_UP_SECONDS * jobs:
            list(grader.grade_all(submissions("warm", count)))
        started = time.perf_counter()
        reports = list(grader.grade_all(submissions("timed", count)))
        seconds = time.perf_counter() - started
    assert all(report.passed for report in reports)
    return Rate(f"ours, {jobs} job{'s' * (jobs > 1)}", count, seconds)


def _measured(
    name: str, prepare: Callable[[Path, str], Callable[[], object]], folder: Path, source: str
) -> Rate:
    folder.mkdir()
    grade = prepare(folder, source)
    started = time.perf_counter()
    for _ in range(PEER_RUNS):
        grade()
    return Rate(name, PEER_RUNS, time.perf_counter() - started)


def _plain_pytest(folder: Path, source: str) -> Callable[[], object]:
    command = plain_pytest(load_catalog().exercise(EXERCISE), folder)
    return lambda: _command(command, folder)


def _otter(python: str) -> Callable[[Path, str], Callable[[], object]]:
    def prepare(folder: Path, source: str) -> Callable[[], object]:
        (folder / "tests").mkdir()
        (folder / "out").mkdir()
        checks = CHECKS.replace("\n", "\n    ")
        test = OTTER_TEST.format(id=EXERCISE, checks=checks)
        (folder / "tests" / f"{EXERCISE}.py").write_text(test)
        (folder / "answer.py").write_text(source)
        otter = [python, "-m", "otter"]
        without = ["--no-requirements", "--no-environment"]
        _command([*otter, "generate", "-t", "tests", "-o", "tests.zip", *without], folder)

        def grade() -> None:
            _command([*otter, "run", "-a", "tests.zip", "-o", "out", "answer.py"], folder)
            told = json.loads((folder / "out" / "results.json").read_text())
            assert any(test.get("score") == 4 for test in told["tests"]), told

        return grade

    return prepare


def _nbgrader(python: str, folder: Path, source: str) -> Rate:
    """It grades a class by itself, so all of it is given at once."""
    _notebook(folder / "source" / "ps1" / "p.ipynb", source)
    (folder / "nbgrader_config.py").write_text(NBGRADER_CONFIG)
    nbgrader = [python, "-m", "nbgrader"]
    _command([*nbgrader, "generate_assignment", "ps1"], folder)
    for number in range(PEER_RUNS):
        _notebook(folder / "submitted" / f"s{number}" / "ps1" / "p.ipynb", f"{source}# {number}\n")
    started = time.perf_counter()
    _command([*nbgrader, "autograde", "ps1"], folder)
    seconds = time.perf_counter() - started
    assert len(list((folder / "autograded").glob("*/ps1/p.ipynb"))) == PEER_RUNS
    return Rate("nbgrader", PEER_RUNS, seconds)


def _notebook(file: Path, source: str) -> None:
    def cell(id: str, text: str, **facts: object) -> dict[str, object]:
        told = {"schema_version": 3, "grade_id": id, "task": False, **facts}
        return {
            "cell_type": "code",
            "id": id,
            "source": text,
            "metadata": {"nbgrader": told},
            "outputs": [],
            "execution_count": None,
        }

    answer = cell("answer", source, grade=False, solution=True, locked=False)
    checks = cell("checks", CHECKS, grade=True, solution=False, locked=True, points=4)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(whole | {"cells": [answer, checks]}))


def _command(command: Sequence[str], folder: Path) -> None:
    """Programs that it starts by name are those beside it, as in an environment that is active."""
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace")[-2000:]
        raise UsageError(f"{' '.join(command)} failed:\n{said}")
