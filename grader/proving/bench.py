"""How long a verdict takes, beside a warm session of pytest without isolation, and a cold one.

All in one run, so that the ratios hold on any machine.
"""

import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exercises.catalog import Exercise
from grader.examiner.answer_key import solution_path, suite_folder
from grader.grader import Grader
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.examiner.suite_run import Suite

WARM_UP_RUNS = 5

# Plain pytest needs the suite's fixtures; it gets them from a conftest.py, with all in one process.
CONFTEST = """
from grader.proving.bench import local_suite

def pytest_configure(config):
    config.pluginmanager.register(local_suite({exercise!r}))
"""


@dataclass(frozen=True)
class Spread:
    """Of repeated runs: the median and the 95th percentile."""

    median: float
    p95: float


@dataclass(frozen=True)
class BenchResult:
    """Times for grading the solution of one exercise."""

    exercise: str
    runs: int
    import_torch_s: float
    cold_cli_s: float
    cold_pytest_s: float
    warm_ms: Spread
    alone_ms: Spread

    def to_dict(self) -> dict[str, Any]:
        return {"schema": "bench/v1", **asdict(self), "ratios": self.ratios()}

    def ratios(self) -> dict[str, float]:
        """What the figures mean, independent of the machine's speed."""
        return {
            "warm_to_alone": self.warm_ms.median / self.alone_ms.median,
            "cold_pytest_to_warm": self.cold_pytest_s * 1e3 / self.warm_ms.median,
            "cold_cli_to_import_torch": self.cold_cli_s / self.import_torch_s,
        }

    def to_text(self) -> str:
        ratios = self.ratios()
        warm, alone = self.warm_ms, self.alone_ms
        rows = [
            ("warm verdict", f"{warm.median:.1f} ms (p95 {warm.p95:.1f})", ""),
            (
                "warm pytest, no isolation",
                f"{alone.median:.1f} ms (p95 {alone.p95:.1f})",
                f"the verdict takes {ratios['warm_to_alone']:.2f} times as long",
            ),
            (
                "plain pytest, cold",
                f"{self.cold_pytest_s:.2f} s",
                f"the verdict is {ratios['cold_pytest_to_warm']:.0f} times faster",
            ),
            ("import torch", f"{self.import_torch_s:.2f} s", ""),
            (
                "grader run, cold",
                f"{self.cold_cli_s:.2f} s",
                f"{ratios['cold_cli_to_import_torch']:.2f} times import torch",
            ),
        ]
        lines = [f"{name:<30} {figure:<26} {meaning}".rstrip() for name, figure, meaning in rows]
        return "\n".join([f"{self.exercise}, {self.runs} runs", "", *lines]) + "\n"


def bench(exercise: Exercise, runs: int) -> BenchResult:
    """Measure here. The warm runs alternate, so that what else goes on hits both alike."""
    file = solution_path(exercise)
    python = sys.executable
    run_file = [python, "-m", "grader.cli", "run", str(file), "--exercise", exercise.id]
    run_file.append("--allow-unsandboxed")  # our own solution
    cold_runs = min(math.ceil(runs / 10), 5)  # each takes seconds
    import_torch = _median(cold_runs, lambda: _command([python, "-c", "import torch"]))
    cold_cli = _median(cold_runs, lambda: _command(run_file))
    with tempfile.TemporaryDirectory() as folder:
        plain = plain_pytest(exercise, Path(folder))
        cold_pytest = _median(cold_runs, lambda: _command(plain))
    warm, alone = _warm(exercise, file.read_text(encoding="utf-8"), runs)
    return BenchResult(exercise.id, runs, import_torch, cold_cli, cold_pytest, warm, alone)


def plain_pytest(exercise: Exercise, folder: Path) -> list[str]:
    """The command that runs the suite on the solution from `folder`, which it needs files in."""
    (folder / "conftest.py").write_text(CONFTEST.format(exercise=exercise.id))
    shutil.copy(suite_folder(exercise) / f"test_{exercise.id}.py", folder)
    return [sys.executable, "-m", "pytest", "-q", str(folder)]


def local_suite(exercise_id: str) -> "Suite":
    """The plugin for running a suite on its own solution, all in this process."""
    from exercises.catalog import load_catalog
    from grader.examiner.answer_key import AnswerKey
    from grader.examiner.in_process import InProcessCallee
    from grader.examiner.suite_run import Suite, SuiteRun
    from grader.worker.calls import LoadedModule, load_source

    exercise = load_catalog().exercise(exercise_id)
    source = solution_path(exercise).read_text(encoding="utf-8")
    learner = InProcessCallee(
        LoadedModule(load_source(exercise_id, f"{exercise_id}.py", source)), frozenset()
    )
    suite = Suite(suite_folder(exercise) / f"test_{exercise.id}.py")
    suite.current = SuiteRun(learner, AnswerKey(exercise).solution, 0, "cpu", exercise.limits)
    return suite


def _warm(exercise: Exercise, source: str, runs: int) -> tuple[Spread, Spread]:
    import gc

    import torch

    from grader.examiner.suite_run import Suite

    torch.set_num_threads(1)
    file = suite_folder(exercise) / f"test_{exercise.id}.py"
    submission = Submission(exercise.id, source, seed=0)
    warm: list[float] = []
    alone: list[float] = []
    with Grader() as grader:
        run = local_suite(exercise.id).current
        for number in range(WARM_UP_RUNS + runs):
            if number == WARM_UP_RUNS:
                gc.collect()
                gc.freeze()
                warm.clear()
                alone.clear()
            warm.append(_seconds(lambda: grader.grade(submission)) * 1e3)
            alone.append(_seconds(lambda: Suite(file).run(run)) * 1e3)
    return _spread(warm), _spread(alone)


def _command(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _median(runs: int, action: Callable[[], object]) -> float:
    return statistics.median(_seconds(action) for _ in range(runs))


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _spread(times: list[float]) -> Spread:
    return Spread(statistics.median(times), statistics.quantiles(times, n=20)[-1])
